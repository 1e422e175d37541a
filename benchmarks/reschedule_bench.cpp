// reschedule: an idle deadline is moved once per message; the message is a trip through the loop.

#include "rows.hpp"

#include <curfew/timeout.hpp>

namespace bench {
namespace {

struct none {
  static constexpr auto name = "none";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) co_await yield(executor);
  }
};

struct by_expires_after {
  static constexpr auto name = "expires_after";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    timer<Ex> idle(executor);
    while (operations-- > 0) {
      idle.expires_after(limit);
      idle.async_wait([](error_code error) { benchmark::DoNotOptimize(error); });
      co_await yield(executor);
    }
  }
};

struct by_curfew {
  static constexpr auto name = "curfew";

  template <class Ex>
  static awaitable<Ex> messages(curfew::timeout_scope& idle, Ex executor, std::size_t count) {
    while (count-- > 0) {
      if (!idle.reschedule_after(limit)) co_return;
      co_await yield(executor);
    }
  }

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    co_await curfew::timeout(limit, messages<Ex>, executor, operations);
  }
};

bool const registered = add_contenders<none, by_expires_after, by_curfew>("reschedule");

}  // namespace
}  // namespace bench
