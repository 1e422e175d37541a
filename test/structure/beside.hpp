#ifndef CURFEW_TEST_STRUCTURE_BESIDE_HPP
#define CURFEW_TEST_STRUCTURE_BESIDE_HPP

#include <curfew/as_completed.hpp>
#include <curfew/gather.hpp>
#include <curfew/race.hpp>
#include <curfew/shield.hpp>
#include <curfew/wait.hpp>

#include "owners.hpp"

/// Ends with a value, whoever asks it to stop once it runs.
inline awaitable<int> stubborn(int value, curfew::clock::duration after, held = {}) {
  co_return co_await curfew::shield(give(value, after));
}
/// Ends inside the call that starts it.
inline awaitable<int> give_now(int value, held = {}) { co_return value; }
/// Counts that it was started; goes on until it is asked to stop.
inline awaitable<int> counting(int& started, held = {}) {
  ++started;
  co_await curfew::sleep_forever();
  co_return 0;
}
/// Fails when it is asked to stop.
inline awaitable<> fail_when_asked(std::string what, held = {}) {
  bool asked = false;
  try {
    co_await curfew::sleep_forever();
  } catch (...) {
    asked = true;
  }
  if (asked) throw failure(what);
}

using io_executor = asio::io_context::executor_type;

template <class Executor>
asio::awaitable<int, Executor> give_on(int value, curfew::clock::duration after) {
  co_await curfew::sleep_for(after);
  co_return value;
}

#endif
