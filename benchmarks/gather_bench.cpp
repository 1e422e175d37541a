// gather: 2, 10 and 1000 trips through the loop beside each other; the cost of each.

#include "rivals.hpp"
#include "rows.hpp"

#include <curfew/gather.hpp>

#include <utility>
#include <vector>

namespace bench {
namespace {

template <class Ex>
auto trip(Ex executor) {
  return asio::post(executor, asio::use_awaitable_t<Ex>());
}

/// Rounds of `n` operations.
template <std::size_t n>
struct rounds {
  std::size_t left;
  explicit rounds(std::size_t operations) : left((operations + n - 1) / n) {}
  bool next() { return left-- > 0; }
};

template <std::size_t n>
struct by_operator_and {
  static constexpr auto name = "operator_and";

  template <class Ex, std::size_t... I>
  static awaitable<Ex> all_of(Ex executor, std::index_sequence<I...>) {
    using namespace asio::experimental::awaitable_operators;
    co_await (... && ((void)I, trip(executor)));
  }
  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    for (rounds<n> round(operations); round.next();)
      co_await all_of(executor, std::make_index_sequence<n>());
  }
};

/// As many as are known only when it runs: the same expression, written as a loop.
template <std::size_t n>
struct by_operator_and_in_a_loop {
  static constexpr auto name = "operator_and";

  template <class Ex>
  static awaitable<Ex> all_of(Ex executor) {
    using namespace asio::experimental::awaitable_operators;
    auto all = trip(executor);
    for (std::size_t i = 1; i < n; ++i) all = std::move(all) && trip(executor);
    co_await std::move(all);
  }
  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    for (rounds<n> round(operations); round.next();) co_await all_of(executor);
  }
};

template <std::size_t n>
struct by_parallel_group {
  static constexpr auto name = "parallel_group";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    for (rounds<n> round(operations); round.next();) {
      std::vector<decltype(yield(executor))> all;
      all.reserve(n);
      for (std::size_t i = 0; i < n; ++i) all.push_back(yield(executor));
      co_await asio::experimental::make_parallel_group(std::move(all))
          .async_wait(asio::experimental::wait_for_all(), asio::use_awaitable_t<Ex>());
    }
  }
};

template <std::size_t n>
struct by_gather {
  static constexpr auto name = "curfew";

  template <class Ex, std::size_t... I>
  static auto all_of(Ex executor, std::index_sequence<I...>) {
    return curfew::gather.template on<Ex>(((void)I, yield(executor))...);
  }
  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    for (rounds<n> round(operations); round.next();)
      co_await all_of(executor, std::make_index_sequence<n>());
  }
};

template <std::size_t n>
struct by_gathered_range {
  static constexpr auto name = "curfew";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    for (rounds<n> round(operations); round.next();) {
      std::vector<decltype(yield(executor))> all;
      all.reserve(n);
      for (std::size_t i = 0; i < n; ++i) all.push_back(yield(executor));
      co_await curfew::gather.template on<Ex>(std::move(all));
    }
  }
};

template <class Contender>
void add(std::size_t size) {
  row what;
  what.counted = 10 * size;
  what.name = std::string("gather/") + Contender::name + "/of:" + std::to_string(size);
  add_timed_row<Contender, any_executor>(what)->MinTime(0.05);
  what.name += "/concrete";
  add_timed_row<Contender, concrete_executor>(what)->MinTime(0.05);
}

bool register_rows() {
  add<by_operator_and<2>>(2);
  add<by_parallel_group<2>>(2);
  add<by_gather<2>>(2);
  add<by_operator_and<10>>(10);
  add<by_parallel_group<10>>(10);
  add<by_gather<10>>(10);
  add<by_operator_and_in_a_loop<1000>>(1000);
  add<by_parallel_group<1000>>(1000);
  add<by_gathered_range<1000>>(1000);
  return true;
}

bool const registered = register_rows();

}  // namespace
}  // namespace bench
