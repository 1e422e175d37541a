#ifndef CURFEW_DETAIL_ASKING_REGIONS_HPP
#define CURFEW_DETAIL_ASKING_REGIONS_HPP

#include <curfew/detail/region_stack.hpp>
#include <curfew/detail/verdict.hpp>
#include <curfew/export.hpp>
#include <source_location>
#include <utility>

namespace curfew::detail {

/// Stands where a region has no handle for its block.
struct no_handle {};

/// A region in the frame of the coroutine that opened it.
template <class Region>
class framed : public Region {
 public:
  framed(region_stack& stack, std::source_location where) noexcept
      : Region(where), stack_(&stack) {}
  ~framed() {
    if (open_) stack_->forget(*this);
  }

  region_stack& stack() const noexcept { return *stack_; }
  no_handle& handle() noexcept { return handle_; }

 protected:
  /// Closes it and says what happened.
  happenings end(ending how, boost::asio::cancellation_state state) {
    happenings happened;
    happened.how = how;
    if (how == ending::abort) {
      happened.outside_asked = stack_->asked_around(*this);
      happened.cancelled = this->asks();
    }
    open_ = false;
    stack_->close(*this, state);
    return happened;
  }

  region_stack* stack_;
  [[no_unique_address]] no_handle handle_;
  bool open_ = false;
};

/// The block of `cancel_when`.
class token_region : public framed<listening_region> {
 public:
  using framed::framed;

  bool open(token_ref const& token) { return open_ = stack_->open(*this, token); }
  verdict close(ending how, boost::asio::cancellation_state state) {
    return decide(end(how, state));
  }
};

/// The block of a `shield`.
class shield_region : public framed<shielding_region> {
 public:
  using framed::framed;

  void open(limit given, boost::asio::cancellation_state state) {
    grace = given;
    stack_->open(*this, state);
    open_ = true;
  }
  verdict close(ending how, boost::asio::cancellation_state state) {
    return decide(end(how, state));
  }
};

}  // namespace curfew::detail

#endif
