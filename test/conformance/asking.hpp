#ifndef CURFEW_TEST_CONFORMANCE_ASKING_HPP
#define CURFEW_TEST_CONFORMANCE_ASKING_HPP

#include <curfew/finally.hpp>
#include <curfew/gather.hpp>
#include <curfew/shield.hpp>
#include <curfew/testing/permute_same_tick.hpp>

#include "../operations/manual_op.hpp"
#include "../structure/owners.hpp"
#include "conformance.hpp"

/// A fixture that asks its coroutine to stop from a handler of the context.
class asking : public fixture {
 public:
  void ask() {
    asio::post(context, [this] { cancel(); });
    time.settle();
  }
  /// Lets time pass first.
  void ask_after(curfew::clock::duration limit) {
    time.advance(limit);
    ask();
  }
};

/// Works until it is asked to stop, and then needs a time for its cleanup.
inline awaitable<> slow_to_clean(curfew::clock::duration cleanup, int& cleaned) {
  auto const clean_up = [&cleaned, cleanup]() -> awaitable<> {
    co_await curfew::sleep_for(cleanup);
    ++cleaned;
  };
  co_await curfew::finally(curfew::sleep_forever(), clean_up);
}

/// Answers a request with an error of its own.
inline awaitable<> answer_with(std::exception_ptr error) {
  bool asked = false;
  try {
    co_await curfew::sleep_forever();
  } catch (...) {
    asked = true;
  }
  if (asked) std::rethrow_exception(error);
}

#endif
