// finally: a cleanup after one operation and after a coroutine. The cleanup is a coroutine that has
// nothing to wait for, or a plain function.

#include "in_task.hpp"
#include "rivals.hpp"
#include "rows.hpp"

#include <curfew/finally.hpp>

namespace bench {
namespace {

template <class Ex>
awaitable<Ex> clean_up() {
  co_return;
}

void clean_up_now() {}

/// The cleanup where no request reaches it: in a coroutine of its own, after the `catch`.
template <class Ex, class Operation>
awaitable<Ex> by_hand(Ex executor, Operation operation) {
  std::exception_ptr error;
  try {
    co_await std::move(operation);
  } catch (...) {
    error = std::current_exception();
  }
  auto spawned = asio::co_spawn(executor, clean_up<Ex>(), asio::deferred);
  co_await with_slot<Ex>(std::move(spawned), asio::cancellation_slot());
  if (error) std::rethrow_exception(error);
}

struct op_by_hand {
  static constexpr auto name = "co_spawn_empty_slot/op";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) co_await by_hand(executor, yield(executor));
  }
};

struct coroutine_by_hand {
  static constexpr auto name = "co_spawn_empty_slot/coroutine";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) co_await by_hand(executor, yield_coroutine(executor));
  }
};

struct finally_op {
  static constexpr auto name_in_task = "curfew/op";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) {
      co_await curfew::finally.on<Ex>(yield(executor), clean_up<Ex>);
    }
  }
};

struct finally_coroutine {
  static constexpr auto name = "curfew_plain/coroutine";
  static constexpr auto name_in_task = "curfew/coroutine";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) {
      co_await curfew::finally.on<Ex>(yield_coroutine(executor), clean_up<Ex>);
    }
  }
};

struct finally_function {
  static constexpr auto name_in_task = "curfew_function/coroutine";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) {
      co_await curfew::finally.on<Ex>(yield_coroutine(executor), clean_up_now);
    }
  }
};

struct finally_limited {
  static constexpr auto name_in_task = "curfew_limited/coroutine";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) {
      co_await curfew::finally.on<Ex>(yield_coroutine(executor), clean_up<Ex>, limit);
    }
  }
};

bool register_rows() {
  row what;
  what.count_allocations = true;
  return add_contenders<bare_op, in_task<bare_op>, op_by_hand, in_task<finally_op>, bare_coroutine,
                        in_task<bare_coroutine>, coroutine_by_hand, finally_coroutine,
                        in_task<finally_coroutine>, in_task<finally_function>,
                        in_task<finally_limited>>("finally", what);
}

bool const registered = register_rows();

}  // namespace
}  // namespace bench
