#ifndef CURFEW_TESTING_DETAIL_TURN_EXECUTOR_HPP
#define CURFEW_TESTING_DETAIL_TURN_EXECUTOR_HPP

#include <boost/asio/execution.hpp>
#include <curfew/testing/detail/turn_queue.hpp>
#include <memory>
#include <type_traits>
#include <utility>

namespace curfew::testing::detail {

/// The executor of a test's coroutines. They do not count as work of the context, so that a context
/// that has run out of work has no operation of Asio left to wait for.
class turn_executor {
 public:
  explicit turn_executor(turn_queue& queue) noexcept : queue_(&queue) {}

  boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept {
    return queue_->owner();
  }
  boost::asio::execution::blocking_t query(boost::asio::execution::blocking_t) const noexcept {
    if (inline_) return boost::asio::execution::blocking.possibly;
    return boost::asio::execution::blocking.never;
  }
  turn_executor require(boost::asio::execution::blocking_t::possibly_t) const noexcept {
    return {*queue_, true};
  }
  turn_executor require(boost::asio::execution::blocking_t::never_t) const noexcept {
    return {*queue_, false};
  }

  template <class F>
  void execute(F&& f) const {
    if (inline_ && queue_->running_here()) {
      auto now = std::forward<F>(f);
      now();
    } else {
      queue_->add(std::make_unique<turn_of<std::decay_t<F>>>(std::forward<F>(f)));
    }
  }

  friend bool operator==(turn_executor const&, turn_executor const&) noexcept = default;

 private:
  template <class F>
  struct turn_of final : turn_queue::turn {
    template <class G>
    explicit turn_of(G&& g) : f(std::forward<G>(g)) {}
    void run() override { f(); }
    F f;
  };

  turn_executor(turn_queue& queue, bool inline_too) noexcept
      : queue_(&queue), inline_(inline_too) {}

  turn_queue* queue_;
  bool inline_ = true;
};

}  // namespace curfew::testing::detail

#endif
