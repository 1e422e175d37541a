#include <curfew/testing/virtual_time.hpp>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <curfew/error.hpp>

namespace curfew::testing {
namespace {

// The same in every run, and far enough from the beginning of time for deadlines in the past.
constexpr clock::time_point start{std::chrono::hours(24)};
// How long one look at what is real lasts, so that an inhibitor's end is noticed.
constexpr auto look = std::chrono::milliseconds(1);

}  // namespace

inhibitor::inhibitor(std::shared_ptr<std::atomic<int>> count) noexcept : count_(std::move(count)) {
  ++*count_;
}

void inhibitor::release() noexcept {
  if (auto const count = std::exchange(count_, nullptr)) --*count;
}

virtual_time::virtual_time(boost::asio::io_context& context)
    : context_(&context), deadlines_(&curfew::detail::deadline_service::of(context)) {
  if (deadlines_->has_virtual_time())
    throw boost::system::system_error(errc::invalid_state,
                                      "the context has a virtual_time already");
  deadlines_->start_virtual_time(start, inhibitors_);
}

virtual_time::~virtual_time() { deadlines_->stop_virtual_time(); }

inhibitor virtual_time::inhibit() { return inhibitor(inhibitors_); }

void virtual_time::check_thread() {
  if (driver_ == std::thread::id()) driver_ = std::this_thread::get_id();
  if (driver_ != std::this_thread::get_id())
    throw boost::system::system_error(errc::invalid_state,
                                      "one thread runs a context under virtual time");
}

void virtual_time::settle() {
  check_thread();
  do {
    if (context_->stopped()) context_->restart();
  } while (context_->poll() != 0);
}

bool virtual_time::step() {
  check_thread();
  if (context_->stopped()) context_->restart();
  return context_->poll_one() != 0 || jump();
}

bool virtual_time::jump() {
  auto const next = deadlines_->next_deadline();
  if (next == clock::time_point::max()) return false;
  deadlines_->advance_to(std::max(next, now()));
  return true;
}

void virtual_time::advance_by(curfew::detail::limit limit) {
  auto const target = limit.from(now());
  if (target < now()) throw boost::system::system_error(errc::invalid_limit);
  settle();
  jump_until(target);
  if (target == clock::time_point::max()) return;
  deadlines_->advance_to(std::max(target, now()));
  settle();
}

void virtual_time::run() {
  settle();
  for (;;) {
    while (inhibited()) {
      auto const waiting = boost::asio::make_work_guard(*context_);
      context_->run_one_for(look);
      settle();
    }
    if (!jump()) return;
    settle();
  }
}

void virtual_time::jump_until(clock::time_point last) {
  for (;;) {
    auto const next = deadlines_->next_deadline();
    if (next == clock::time_point::max() || next > last) return;
    deadlines_->advance_to(std::max(next, now()));
    settle();
  }
}

}  // namespace curfew::testing
