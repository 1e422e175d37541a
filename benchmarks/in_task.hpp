// Contenders in a coroutine that curfew runs, beside the same in one that plain co_spawn started.

#pragma once

#include <curfew/timeout.hpp>

#include "support.hpp"

namespace bench {

/// The rows of `Contender` in a task, under the name that it gives them.
template <class Contender>
struct in_task {
  static constexpr auto name = Contender::name_in_task;

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    co_await curfew::timeout(1h, Contender::template start<Ex>, executor, operations);
  }
};

/// The operation, and the coroutine that awaits it, with nothing around them.
struct bare_op {
  static constexpr auto name = "none";
  static constexpr auto name_in_task = "none_in_scope";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) co_await yield(executor);
  }
};

struct bare_coroutine {
  static constexpr auto name = "none/coroutine";
  static constexpr auto name_in_task = "none_in_scope/coroutine";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) co_await yield_coroutine(executor);
  }
};

}  // namespace bench
