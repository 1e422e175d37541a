#include <curfew/observer.hpp>

#include <algorithm>
#include <curfew/detail/deadline_service.hpp>
#include <curfew/detail/observing.hpp>
#include <curfew/detail/wait_note.hpp>
#include <mutex>
#include <utility>
#include <vector>

namespace curfew {

observer::~observer() = default;
void observer::on_spawn(task_event const&) noexcept {}
void observer::on_end(task_event const&, task_ending, std::exception_ptr const&) noexcept {}
void observer::on_request(task_event const&, cancellation_reason const&) noexcept {}
void observer::on_expiry(task_event const&, std::source_location const&, clock::time_point,
                         clock::duration) noexcept {}
void observer::on_late_delivery(clock::time_point, clock::duration) noexcept {}
void observer::on_refusal(task_event const&, cancellation_reason const&, clock::duration) noexcept {
}
void observer::on_stage_change(stage, stage, cancellation_reason const&) noexcept {}
clock::duration observer::late_after() const noexcept { return std::chrono::milliseconds(100); }

void set_observer(boost::asio::execution_context& context, std::shared_ptr<observer> to) {
  auto& deadlines = detail::deadline_service::of(context);
  detail::note_operations();
  deadlines.set_late_after(to ? to->late_after() : clock::duration::max());
  deadlines.observers().set(std::move(to));
}

namespace {

class several final : public observer {
 public:
  explicit several(std::initializer_list<std::shared_ptr<observer>> all) {
    for (auto const& one : all)
      if (one) all_.push_back({one, one->late_after()});
  }

  void on_spawn(task_event const& task) noexcept override {
    for (auto const& each : all_) each.to->on_spawn(task);
  }
  void on_end(task_event const& task, task_ending how,
              std::exception_ptr const& error) noexcept override {
    for (auto const& each : all_) each.to->on_end(task, how, error);
  }
  void on_request(task_event const& task, cancellation_reason const& why) noexcept override {
    for (auto const& each : all_) each.to->on_request(task, why);
  }
  void on_expiry(task_event const& task, std::source_location const& where,
                 clock::time_point deadline, clock::duration late) noexcept override {
    for (auto const& each : all_) each.to->on_expiry(task, where, deadline, late);
  }
  void on_late_delivery(clock::time_point deadline, clock::duration late) noexcept override {
    for (auto const& each : all_)
      if (late >= each.late_after) each.to->on_late_delivery(deadline, late);
  }
  void on_refusal(task_event const& task, cancellation_reason const& why,
                  clock::duration ago) noexcept override {
    for (auto const& each : all_) each.to->on_refusal(task, why, ago);
  }
  void on_stage_change(stage from, stage to, cancellation_reason const& why) noexcept override {
    for (auto const& each : all_) each.to->on_stage_change(from, to, why);
  }
  clock::duration late_after() const noexcept override {
    auto least = clock::duration::max();
    for (auto const& each : all_) least = std::min(least, each.late_after);
    return least;
  }

 private:
  struct told {
    std::shared_ptr<observer> to;
    clock::duration late_after;
  };
  std::vector<told> all_;
};

}  // namespace

std::shared_ptr<observer> observe_by_all(std::initializer_list<std::shared_ptr<observer>> all) {
  return std::make_shared<several>(all);
}

namespace detail {

std::shared_ptr<observer> observer_slot::get() const noexcept {
  std::lock_guard guard(lock_);
  return kept_;
}

void observer_slot::set(std::shared_ptr<observer> to) noexcept {
  {
    std::lock_guard guard(lock_);
    kept_.swap(to);
    watched_.store(kept_ != nullptr, std::memory_order_relaxed);
  }
  // The one before goes here, outside the lock.
}

}  // namespace detail
}  // namespace curfew
