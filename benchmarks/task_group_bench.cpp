// task_group: a thousand children that do nothing, started and waited for; the cost of each.

#include "rivals.hpp"
#include "rows.hpp"

#include <curfew/with_task_group.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace bench {
namespace {

constexpr std::size_t children = 1'000;

template <class Ex>
awaitable<Ex> nothing() {
  co_return;
}

/// What everybody writes: a counter, and a timer to wait for it.
struct by_counter {
  static constexpr auto name = "counter";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    for (; operations != 0; operations -= std::min(operations, children)) {
      timer<Ex> ended(executor, steady_clock::time_point::max());
      std::size_t alive = children;
      for (std::size_t i = 0; i < children; ++i) {
        asio::co_spawn(executor, nothing<Ex>(), [&](std::exception_ptr) {
          if (--alive == 0) ended.cancel();
        });
      }
      error_code ignored;
      co_await ended.async_wait(asio::redirect_error(asio::use_awaitable_t<Ex>(), ignored));
    }
  }
};

struct by_parallel_group {
  static constexpr auto name = "parallel_group";

  template <class Ex>
  static auto child(Ex executor) {
    return asio::co_spawn(executor, nothing<Ex>(), asio::deferred);
  }
  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    for (; operations != 0; operations -= std::min(operations, children)) {
      std::vector<decltype(child(executor))> all;
      all.reserve(children);
      for (std::size_t i = 0; i < children; ++i) all.push_back(child(executor));
      co_await asio::experimental::make_parallel_group(std::move(all))
          .async_wait(asio::experimental::wait_for_all(), asio::use_awaitable_t<Ex>());
    }
  }
};

struct by_group {
  static constexpr auto name = "curfew";

  template <class Ex>
  static awaitable<Ex> spawn_all(curfew::task_group& group) {
    for (std::size_t i = 0; i < children; ++i) group.spawn(nothing<Ex>());
    co_return;
  }
  template <class Ex>
  static awaitable<Ex> start(Ex, std::size_t operations) {
    for (; operations != 0; operations -= std::min(operations, children))
      co_await curfew::with_task_group(spawn_all<Ex>);
  }
};

bool register_rows() {
  for (auto executor : {"any", "concrete"}) {
    row what;
    what.counted = 10 * children;
    std::string const tag = executor == std::string("any") ? "/C:1" : "/C:1/concrete";
    auto const add = [&]<class Contender>(Contender) {
      what.name = std::string("task_group/") + Contender::name + tag;
      if (executor == std::string("any"))
        add_timed_row<Contender, any_executor>(what)->MinTime(0.05);
      else
        add_timed_row<Contender, concrete_executor>(what)->MinTime(0.05);
    };
    add(by_counter());
    add(by_parallel_group());
    add(by_group());
  }
  return true;
}

bool const registered = register_rows();

}  // namespace
}  // namespace bench
