#include <curfew/detail/start_core.hpp>
#include <curfew/error.hpp>

#include <boost/asio/error.hpp>
#include <mutex>
#include <utility>

namespace curfew::detail {

start_core::~start_core() = default;

void start_core::set_child(task_ref child) noexcept {
  std::lock_guard guard(lock_);
  child_ = std::move(child);
}

bool start_core::add(task_waiter& node) noexcept {
  task_ref child;
  {
    std::lock_guard guard(lock_);
    if (phase_ == phase::ready) return false;
    if (phase_ == phase::waiting) {
      node.where.store(token_node::state::linked, std::memory_order_release);
      waiter_ = &node;
      return true;
    }
    child = child_;
  }
  return child->add(node);
}

bool start_core::remove(task_waiter&) noexcept {
  give_up();
  return false;
}

void start_core::give_up() noexcept {
  task_ref child;
  {
    std::lock_guard guard(lock_);
    if (phase_ != phase::waiting) return;
    phase_ = phase::given_up;
    child = child_;
  }
  try {
    if (child) child->cancel({cancellation_cause::parent, "its start was cancelled"});
  } catch (std::bad_alloc const&) {  // it is waited for all the same
  }
}

bool start_core::forget(task_waiter& node) noexcept {
  task_ref child;
  {
    std::lock_guard guard(lock_);
    if (waiter_ == &node) {
      waiter_ = nullptr;
      return true;
    }
    if (phase_ == phase::ready) return false;
    child = child_;
  }
  return child->forget(node);
}

bool start_core::child_ended(std::exception_ptr error) noexcept {
  std::lock_guard guard(lock_);
  if (phase_ == phase::ready) return true;
  error_ = std::move(error);
  if (phase_ == phase::waiting) phase_ = phase::ended;
  // Whoever waits goes on when the task has ended altogether. Under the lock, lest he is destroyed
  // in between.
  if (auto* const waiter = std::exchange(waiter_, nullptr)) child_->add(*waiter);
  return false;
}

bool start_core::begin_ready() noexcept {
  lock_.lock();
  if (phase_ == phase::waiting) return true;
  lock_.unlock();
  return false;
}

void start_core::end_ready() noexcept {
  auto* const waiter = std::exchange(waiter_, nullptr);
  phase_ = phase::ready;
  if (!waiter) return lock_.unlock();
  telling chosen(*waiter->target, waiter->id);
  waiter->where.store(token_node::state::fired, std::memory_order_release);
  lock_.unlock();
  chosen.tell_quietly();
}

void start_core::check() const {
  namespace asio = boost::asio;
  switch (phase_) {
    case phase::ready: return;
    case phase::waiting:
    case phase::given_up:
      if (error_ && !is_cancellation(error_)) std::rethrow_exception(error_);
      throw boost::system::system_error(error_code(asio::error::operation_aborted), "start");
    case phase::ended: break;
  }
  if (!error_ && !child_->reason())
    throw boost::system::system_error(make_error_code(errc::invalid_state),
                                      "the child ended without having said that it is ready");
  if (error_ && !is_cancellation(error_)) std::rethrow_exception(error_);
  throw boost::system::system_error(make_error_code(errc::task_cancelled),
                                    "the child was cancelled before it said that it is ready");
}

}  // namespace curfew::detail
