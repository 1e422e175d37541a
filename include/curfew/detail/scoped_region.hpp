#ifndef CURFEW_DETAIL_SCOPED_REGION_HPP
#define CURFEW_DETAIL_SCOPED_REGION_HPP

#include <atomic>
#include <curfew/detail/region_stack.hpp>
#include <curfew/detail/verdict.hpp>
#include <curfew/export.hpp>
#include <curfew/timeout_scope.hpp>
#include <exception>
#include <source_location>

namespace curfew::detail {

/// What is left of a scope for those who hold copies of its handle. Made with the first copy.
struct scope_record {
  std::atomic<unsigned> references{1};
  scoped_region* open = nullptr;  ///< Null once the scope has ended; then the rest is filled.
  clock::time_point deadline;
  cancellation_cause cause = cancellation_cause::none;
  cancellation_reason reason{cancellation_cause::none};
  token_ref token;

  void release() noexcept {
    if (references.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }
};

/// A deadline region in the frame of the coroutine that opened it, with the handle for its block.
class CURFEW_EXPORT scoped_region : public deadline_region {
 public:
  scoped_region(region_stack& stack, std::source_location where) noexcept
      : deadline_region(where), stack_(&stack), handle_(*this) {}
  ~scoped_region() {
    if (!open_) return;
    if (record_) keep_record();
    stack_->forget(*this);
  }

  void open(clock::time_point deadline, clock::time_point present) {
    began_ = present;
    stack_->open(*this, deadline, present);
    open_ = true;
  }
  void open_expired(clock::time_point deadline, clock::time_point present) {
    began_ = present;
    stack_->open_expired(*this, deadline);
    open_ = true;
  }
  /// It does not open: its deadline has passed.
  void refuse(clock::time_point deadline, clock::time_point present) noexcept {
    began_ = present;
    set_deadline(deadline);
  }
  bool is_open() const noexcept { return open_; }
  /// Closes the region and decides what the caller is given.
  verdict close(ending how, boost::asio::cancellation_state state);
  /// The error of its expiry: which limit, in which task, after which time it was left, and where
  /// it stands. Not for want of memory.
  std::exception_ptr timed_out() const noexcept;

  timeout_scope& handle() noexcept { return handle_; }
  region_stack& stack() const noexcept { return *stack_; }
  cancellation_reason why() const;
  token_ref share_token() { return stack_->token_of(*this); }
  /// The record that outlives this, with one more reference.
  scope_record* share();

 private:
  void keep_record() noexcept;

  region_stack* stack_;
  scope_record* record_ = nullptr;
  clock::time_point began_{};  ///< Not known where there was no deadline at first.
  timeout_scope handle_;
  bool open_ = false;
};

}  // namespace curfew::detail

#endif
