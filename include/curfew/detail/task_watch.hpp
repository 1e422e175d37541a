#ifndef CURFEW_DETAIL_TASK_WATCH_HPP
#define CURFEW_DETAIL_TASK_WATCH_HPP

#include <cstddef>
#include <curfew/detail/task_core.hpp>
#include <curfew/event.hpp>
#include <curfew/queue.hpp>
#include <memory>
#include <utility>
#include <vector>

namespace curfew::detail {

/// Hears of the end of several tasks, from whatever thread, until it is closed.
///
/// \tparam News Is called with the index of a task that has ended.
template <class News>
class task_watch final : public request_target {
 public:
  using ref = target_ref<task_watch>;

  /// \throws std::bad_alloc
  static ref make(std::vector<task_ref> tasks) {
    auto made = ref::adopt(new task_watch(std::move(tasks)));
    made->open();
    return made;
  }
  void close() noexcept {
    for (std::size_t i = 0; i < tasks_.size(); ++i) tasks_[i]->remove(nodes_[i]);
  }
  News& news() noexcept { return news_; }

  void requested(std::uint64_t index) override {
    auto const kept = ref::adopt(this);
    news_(static_cast<std::size_t>(index));
  }

 private:
  explicit task_watch(std::vector<task_ref> tasks)
      : tasks_(std::move(tasks)), nodes_(new task_waiter[tasks_.size()]) {}
  ~task_watch() override = default;
  void destroy() noexcept override { delete this; }

  void open() {
    for (std::size_t i = 0; i < tasks_.size(); ++i) {
      nodes_[i].target = this;
      nodes_[i].id = i;
      if (!tasks_[i]->add(nodes_[i])) news_(i);
    }
  }

  std::vector<task_ref> tasks_;
  std::unique_ptr<task_waiter[]> nodes_;
  News news_;
};

/// That there are news.
struct any_end {
  event happened;
  void operator()(std::size_t) { happened.set(); }
};
/// Who has ended, in order.
struct end_order {
  queue<std::size_t> ended;
  void operator()(std::size_t index) { ended.try_push(std::move(index)); }
};

/// Closes a watch with the frame that opened it.
template <class News>
class watching {
 public:
  explicit watching(std::vector<task_ref> tasks)
      : watch_(task_watch<News>::make(std::move(tasks))) {}
  watching(watching&&) noexcept = default;
  watching& operator=(watching&&) = delete;
  ~watching() {
    if (watch_) watch_->close();
  }
  News& news() noexcept { return watch_->news(); }

 private:
  typename task_watch<News>::ref watch_;
};

}  // namespace curfew::detail

#endif
