// timeout_scope: one limit over a block with ten awaits in it, against a limit on each of them.

#include "rivals.hpp"
#include "rows.hpp"

#include <curfew/timeout.hpp>

namespace bench {
namespace {

constexpr int awaits_in_block = 10;

template <class Ex>
awaitable<Ex> block(Ex executor) {
  for (int i = 0; i < awaits_in_block; ++i) co_await yield(executor);
}

template <class Ex>
awaitable<Ex> scopes(Ex executor, std::size_t operations) {
  while (operations-- > 0) co_await curfew::timeout(limit, block<Ex>, executor);
}

struct none {
  static constexpr auto name = "none";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) co_await block(executor);
  }
};

#if BENCH_HAS_CANCEL_AFTER
struct by_cancel_after {
  static constexpr auto name = "cancel_after";

  template <class Ex>
  static awaitable<Ex> block(Ex executor) {
    for (int i = 0; i < awaits_in_block; ++i) {
      co_await asio::post(executor, asio::cancel_after(limit, asio::deferred));
    }
  }

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) co_await block(executor);
  }
};

struct by_spawned_cancel_after {
  static constexpr auto name = "co_spawn_cancel_after";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) {
      co_await asio::co_spawn(executor, block(executor), asio::cancel_after(limit, asio::deferred));
    }
  }
};
#endif

/// In a coroutine that curfew runs.
struct by_curfew {
  static constexpr auto name = "curfew";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    co_await curfew::timeout(1h, scopes<Ex>, executor, operations);
  }
};

/// In a coroutine that plain co_spawn started.
struct by_curfew_plain {
  static constexpr auto name = "curfew_plain";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    return scopes(executor, operations);
  }
};

bool register_rows() {
  row what;
  what.operations = 10'000;
#if BENCH_HAS_CANCEL_AFTER
  add_contenders<by_cancel_after, by_spawned_cancel_after>("timeout_scope", what);
#endif
  return add_contenders<none, by_curfew, by_curfew_plain>("timeout_scope", what);
}

bool const registered = register_rows();

}  // namespace
}  // namespace bench
