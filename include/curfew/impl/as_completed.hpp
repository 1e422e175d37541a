#ifndef CURFEW_IMPL_AS_COMPLETED_HPP
#define CURFEW_IMPL_AS_COMPLETED_HPP

#include <boost/asio/this_coro.hpp>
#include <curfew/clock.hpp>
#include <curfew/impl/initiate_wait.hpp>
#include <curfew/impl/wait.hpp>
#include <optional>
#include <utility>
#include <vector>

namespace curfew::detail {

template <class T>
struct completion_order {
  completion_order(std::vector<task<T>> all, limit l, std::source_location place)
      : tasks(std::move(all)), watch(cores_of(tasks)), given_limit(l), where(place) {}

  std::vector<task<T>> tasks;
  watching<end_order> watch;
  limit given_limit;
  std::source_location where;
  std::optional<limit> deadline{};
  std::size_t given = 0;  ///< Those that somebody waits for included.
};

/// Takes back what was not given after all.
class claim {
 public:
  explicit claim(std::size_t& given) noexcept : given_(&given) { ++given; }
  claim(claim const&) = delete;
  claim& operator=(claim const&) = delete;
  ~claim() {
    if (given_) --*given_;
  }
  void keep() noexcept { given_ = nullptr; }

 private:
  std::size_t* given_;
};

template <class Executor, class T>
boost::asio::awaitable<std::optional<task<T>>, Executor> next_completed(completion_order<T>& from) {
  if (!from.deadline) {
    auto const present = now(co_await boost::asio::this_coro::executor);
    from.deadline = limit(from.given_limit.from(present));
  }
  if (from.given == from.tasks.size()) co_return std::nullopt;
  claim one(from.given);
  auto& ended = from.watch.news().ended;
  std::optional<std::size_t> index = ended.try_pop();
  if (!index) index = co_await wait_deferred<by_limit>(no_executor(), ended.pop(), *from.deadline);
  one.keep();
  co_return from.tasks[*index];
}

}  // namespace curfew::detail

#endif
