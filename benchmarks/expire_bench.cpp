// expire: many waits that all time out, CPU time of each with its coroutine, reported as an
// exception that is caught or as an error code.

#include "many.hpp"
#include "never.hpp"
#include "rivals.hpp"
#include "rows.hpp"

#include <curfew/wait_for.hpp>

namespace bench {
namespace {

/// The coroutine alone.
struct none {
  static constexpr auto name = "none";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::chrono::milliseconds) {
    co_await yield(executor);
  }
};

#if BENCH_HAS_CANCEL_AFTER
struct cancel_after_codes {
  static constexpr auto name = "cancel_after/codes";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::chrono::milliseconds delay) {
    auto result =
        co_await async_never(executor, asio::cancel_after(delay, asio::as_tuple(asio::deferred)));
    benchmark::DoNotOptimize(std::get<0>(result));
  }
};

struct cancel_after_exceptions {
  static constexpr auto name = "cancel_after/exceptions";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::chrono::milliseconds delay) {
    try {
      co_await async_never(executor, asio::cancel_after(delay, asio::deferred));
    } catch (boost::system::system_error const& error) {
      benchmark::DoNotOptimize(&error);
    }
  }
};
#endif

/// The loser's error stays inside the group, so there is only one form.
struct by_operator_or {
  static constexpr auto name = "operator_or";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::chrono::milliseconds delay) {
    using namespace asio::experimental::awaitable_operators;
    timer<Ex> deadline(executor, delay);
    auto token = asio::use_awaitable_t<Ex>();
    auto result = co_await (async_never(executor, token) || deadline.async_wait(token));
    benchmark::DoNotOptimize(result.index());
  }
};

struct curfew_codes {
  static constexpr auto name = "curfew/codes";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::chrono::milliseconds delay) {
    auto result =
        co_await curfew::wait_for(async_never(executor), delay)(asio::as_tuple(asio::deferred));
    benchmark::DoNotOptimize(std::get<0>(result));
  }
};

struct curfew_exceptions {
  static constexpr auto name = "curfew/exceptions";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::chrono::milliseconds delay) {
    try {
      co_await curfew::wait_for(async_never(executor), delay);
    } catch (boost::system::system_error const& error) {
      benchmark::DoNotOptimize(&error);
    }
  }
};

#if BENCH_HAS_CANCEL_AFTER
bool const registered_cancel_after =
    add_many<cancel_after_codes, cancel_after_exceptions>("expire");
#endif
bool const registered = add_many<none, by_operator_or, curfew_codes, curfew_exceptions>("expire");

}  // namespace
}  // namespace bench
