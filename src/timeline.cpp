#include <curfew/timeline.hpp>

#include <curfew/detail/deadline_service.hpp>
#include <curfew/detail/trace.hpp>
#include <curfew/detail/words.hpp>
#include <mutex>
#include <new>
#include <unordered_map>
#include <utility>

namespace curfew {
namespace {

using detail::in_words;
using detail::traced_mark;
using detail::traced_task;
using kind = traced_mark::kind;

}  // namespace

/// What is kept, behind a lock; a copy of it is written.
class timeline::log {
 public:
  log(detail::deadline_service& deadlines, std::size_t limit)
      : deadlines_(&deadlines), limit_(limit) {}

  /// Does `change` to what is kept, under the lock. What it does not keep is counted.
  template <class F>
  void keep(F change) noexcept {
    std::lock_guard guard(lock_);
    try {
      if (change()) return;
    } catch (std::bad_alloc const&) {
    }
    if (kept_.left_out++ == 0) kept_.left_out_from = now();
  }
  clock::time_point now() const noexcept { return deadlines_->now(); }

  /// The task, known from now on; null where there is no room for it.
  traced_task* see(task_event const& task) {
    if (auto const known = places_.find(task.id); known != places_.end())
      return &kept_.tasks[known->second];
    if (full()) return nullptr;
    kept_.tasks.push_back({task.id,
                           task.owner,
                           std::string(task.name),
                           std::string(task.group),
                           task.where,
                           task.spawned_at,
                           {},
                           {},
                           {}});
    try {
      places_.emplace(task.id, kept_.tasks.size() - 1);
    } catch (...) {
      kept_.tasks.pop_back();
      throw;
    }
    return &kept_.tasks.back();
  }
  bool add(traced_mark what) {
    if (full()) return false;
    kept_.marks.push_back(std::move(what));
    return true;
  }
  /// The same on the track of a task, which may have been spawned before this was told of any.
  bool add(task_event const& task, traced_mark what) {
    if (task.id != 0) see(task);
    return add(std::move(what));
  }

  detail::trace_content copy() const {
    std::lock_guard guard(lock_);
    return kept_;
  }
  std::size_t size() const {
    std::lock_guard guard(lock_);
    return kept_.tasks.size() + kept_.marks.size();
  }
  std::size_t left_out() const {
    std::lock_guard guard(lock_);
    return kept_.left_out;
  }

 private:
  bool full() const noexcept { return kept_.tasks.size() + kept_.marks.size() >= limit_; }

  detail::deadline_service* const deadlines_;
  std::size_t const limit_;
  mutable std::mutex lock_;
  detail::trace_content kept_;
  std::unordered_map<std::uint64_t, std::size_t> places_;
};

timeline::timeline(boost::asio::execution_context& context, std::size_t limit)
    : log_(std::make_unique<log>(detail::deadline_service::of(context), limit)) {}

timeline::~timeline() = default;

std::size_t timeline::size() const { return log_->size(); }
std::size_t timeline::left_out() const { return log_->left_out(); }
void timeline::write(std::ostream& out) const { detail::write_trace(log_->copy(), out); }

void timeline::on_spawn(task_event const& task) noexcept {
  log_->keep([&] { return log_->see(task) != nullptr; });
}

void timeline::on_end(task_event const& task, task_ending how,
                      std::exception_ptr const& error) noexcept {
  auto const at = log_->now();
  log_->keep([&] {
    auto* const kept = log_->see(task);
    if (!kept) return false;
    kept->ended = at;
    kept->how = how;
    kept->error = in_words(error);
    return true;
  });
}

void timeline::on_request(task_event const& task, cancellation_reason const& why) noexcept {
  auto const at = log_->now();
  log_->keep([&] { return log_->add(task, {kind::request, task.id, at, to_string(why)}); });
}

void timeline::on_expiry(task_event const& task, std::source_location const& where,
                         clock::time_point deadline, clock::duration late) noexcept {
  auto const at = log_->now();
  log_->keep([&] {
    return log_->add(task, {kind::expiry, task.id, at, in_words(where), deadline, late});
  });
}

void timeline::on_late_delivery(clock::time_point deadline, clock::duration late) noexcept {
  auto const at = log_->now();
  log_->keep([&] { return log_->add({kind::late_delivery, 0, at, {}, deadline, late}); });
}

void timeline::on_refusal(task_event const& task, cancellation_reason const& why,
                          clock::duration ago) noexcept {
  auto const at = log_->now();
  log_->keep(
      [&] { return log_->add(task, {kind::refusal, task.id, at, to_string(why), {}, ago}); });
}

void timeline::on_stage_change(stage from, stage to, cancellation_reason const& why) noexcept {
  auto const at = log_->now();
  log_->keep([&] { return log_->add({kind::stage, 0, at, to_string(why), {}, {}, from, to}); });
}

}  // namespace curfew
