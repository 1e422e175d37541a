// wait_for_coroutine: a limit that does not fire around a coroutine.

#include "rivals.hpp"
#include "rows.hpp"

#include <curfew/timeout.hpp>
#include <curfew/wait_for.hpp>

namespace bench {
namespace {

template <class Ex>
awaitable<Ex> without_limit(Ex executor, std::size_t operations) {
  while (operations-- > 0) co_await yield_coroutine(executor);
}

template <class Ex>
awaitable<Ex> with_limit(Ex executor, std::size_t operations) {
  while (operations-- > 0) co_await curfew::wait_for(yield_coroutine(executor), limit);
}

struct none {
  static constexpr auto name = "none";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    return without_limit(executor, operations);
  }
};

struct by_co_spawn {
  static constexpr auto name = "co_spawn";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) {
      co_await asio::co_spawn(executor, yield_coroutine(executor), asio::deferred);
    }
  }
};

#if BENCH_HAS_CANCEL_AFTER
struct by_cancel_after {
  static constexpr auto name = "co_spawn_cancel_after";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) {
      co_await asio::co_spawn(executor, yield_coroutine(executor),
                              asio::cancel_after(limit, asio::deferred));
    }
  }
};
#endif

/// In a coroutine that curfew runs.
struct by_curfew {
  static constexpr auto name = "curfew";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    co_await curfew::timeout(1h, with_limit<Ex>, executor, operations);
  }
};

/// Directly awaited in a coroutine that curfew runs: what the scope itself adds to an await.
struct in_scope {
  static constexpr auto name = "none_in_scope";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    co_await curfew::timeout(1h, without_limit<Ex>, executor, operations);
  }
};

/// In a coroutine that plain co_spawn started.
struct by_curfew_plain {
  static constexpr auto name = "curfew_plain";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    return with_limit(executor, operations);
  }
};

#if BENCH_HAS_CANCEL_AFTER
bool const registered_cancel_after = add_contenders<by_cancel_after>("wait_for_coroutine");
#endif
bool const registered =
    add_contenders<none, in_scope, by_co_spawn, by_curfew, by_curfew_plain>("wait_for_coroutine");

}  // namespace
}  // namespace bench
