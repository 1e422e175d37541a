#ifndef CURFEW_DETAIL_REQUEST_TARGET_HPP
#define CURFEW_DETAIL_REQUEST_TARGET_HPP

#include <atomic>
#include <cstdint>
#include <curfew/detail/visitors.hpp>
#include <curfew/export.hpp>

namespace curfew::detail {

/// Who is told that a deadline passed or that a token was cancelled. Counted, because the telling
/// may still be on its way to the operation's executor when the operation ends.
class CURFEW_EXPORT request_target {
 public:
  void add_ref() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy();
  }

  /// Called once per deadline or registration, on the thread of whoever asks, outside every lock,
  /// with a reference that now belongs to the callee. Hands the news to the target's own executor.
  virtual void requested(std::uint64_t id) = 0;
  /// Of the context into which the news is brought; null where there is none. Called under the lock
  /// of what is waited for, while it is.
  virtual visitors* host() const noexcept { return nullptr; }
  /// The context is being destroyed and nothing else owns what waits here.
  virtual void context_destroyed() noexcept {}

 protected:
  request_target() = default;
  request_target(request_target const&) = delete;
  request_target& operator=(request_target const&) = delete;
  virtual ~request_target();
  virtual void destroy() noexcept = 0;

 private:
  std::atomic<std::uint32_t> references_{1};
};

/// Somebody who was chosen, under the lock of what he waits for, to be told without it.
class telling {
 public:
  telling(request_target& whom, std::uint64_t id) noexcept
      : whom_(&whom), id_(id), visit_(whom.host()) {
    whom_->add_ref();
  }

  /// Once. Where the context is at its end, nobody hears of anything there.
  void tell() {
    if (visit_.is_open())
      whom_->requested(id_);
    else
      whom_->release();
  }
  void tell_quietly() noexcept {
    try {
      tell();
    } catch (...) {  // no memory to tell it: it is destroyed with its context
    }
  }

 private:
  request_target* whom_;
  std::uint64_t id_;
  visit visit_;
};

/// One reference to a target or to a class derived from it.
template <class Target>
class target_ref {
 public:
  target_ref() = default;
  /// Takes over a reference that the caller owns.
  static target_ref adopt(Target* target) noexcept { return target_ref(target); }
  /// Adds a reference.
  static target_ref share(Target* target) noexcept {
    if (target) target->add_ref();
    return target_ref(target);
  }
  target_ref(target_ref const& other) noexcept : target_ref(share(other.target_)) {}
  target_ref(target_ref&& other) noexcept : target_(other.target_) { other.target_ = nullptr; }
  target_ref& operator=(target_ref other) noexcept {
    Target* mine = target_;
    target_ = other.target_;
    other.target_ = mine;
    return *this;
  }
  ~target_ref() {
    if (target_) target_->release();
  }

  Target* get() const noexcept { return target_; }
  Target* operator->() const noexcept { return target_; }
  Target& operator*() const noexcept { return *target_; }
  explicit operator bool() const noexcept { return target_ != nullptr; }

 private:
  explicit target_ref(Target* target) noexcept : target_(target) {}
  Target* target_ = nullptr;
};

}  // namespace curfew::detail

#endif
