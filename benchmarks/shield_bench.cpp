// shield: what holds requests back that nobody makes, around one operation and around a coroutine.

#include "in_task.hpp"
#include "rivals.hpp"
#include "rows.hpp"

#include <curfew/shield.hpp>

namespace bench {
namespace {

struct by_empty_slot {
  static constexpr auto name = "empty_slot/op";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) {
      co_await with_slot<Ex>(yield(executor), asio::cancellation_slot());
    }
  }
};

struct by_co_spawn {
  static constexpr auto name = "co_spawn_empty_slot/coroutine";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) {
      auto spawned = asio::co_spawn(executor, yield_coroutine(executor), asio::deferred);
      co_await with_slot<Ex>(std::move(spawned), asio::cancellation_slot());
    }
  }
};

struct shielded_op {
  static constexpr auto name = "curfew_plain/op";
  static constexpr auto name_in_task = "curfew/op";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) co_await curfew::shield(yield(executor));
  }
};

struct shielded_op_with_grace {
  static constexpr auto name_in_task = "curfew_grace/op";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) co_await curfew::shield(yield(executor), curfew::grace(limit));
  }
};

struct shielded_coroutine {
  static constexpr auto name = "curfew_plain/coroutine";
  static constexpr auto name_in_task = "curfew/coroutine";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) co_await curfew::shield(yield_coroutine(executor));
  }
};

bool register_rows() {
  row what;
  what.count_allocations = true;
  return add_contenders<bare_op, in_task<bare_op>, by_empty_slot, shielded_op, in_task<shielded_op>,
                        in_task<shielded_op_with_grace>, bare_coroutine, in_task<bare_coroutine>,
                        by_co_spawn, shielded_coroutine, in_task<shielded_coroutine>>("shield",
                                                                                      what);
}

bool const registered = register_rows();

}  // namespace
}  // namespace bench
