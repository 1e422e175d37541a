#ifndef CURFEW_DETAIL_SHUTDOWN_STAGES_HPP
#define CURFEW_DETAIL_SHUTDOWN_STAGES_HPP

#include <curfew/clock.hpp>
#include <curfew/export.hpp>
#include <curfew/stage.hpp>

namespace curfew::detail {

/// How long each part of a shutdown may take. Negative counts as zero, `max()` as no limit.
struct shutdown_limits {
  clock::duration delay{0};  ///< From the request to the draining.
  clock::duration drain = (clock::duration::max)();
  clock::duration cancel = (clock::duration::max)();
  clock::duration total = (clock::duration::max)();  ///< From the request to the end of all of it.
};

/// Which stage a shutdown is in: by requests, by time and by the end of the program's main part. No
/// I/O, no clock, no lock.
///
/// The n-th request asks for at least the n-th stage. `step` goes one stage further where one is
/// due, so that each is announced, also where several are due at once.
class CURFEW_EXPORT shutdown_stages {
 public:
  explicit shutdown_stages(shutdown_limits const& limits) noexcept : limits_(limits) {}

  stage current() const noexcept { return current_; }
  bool requested() const noexcept { return requests_ != 0; }
  /// When the first request came; `max()` while there was none.
  clock::time_point requested_at() const noexcept { return requested_at_; }
  /// When a stage began; `max()` while it has not.
  clock::time_point began(stage which) const noexcept;

  /// Somebody asks. Returns whether that is the first time.
  bool request(clock::time_point present) noexcept;
  /// Nothing is left to drain for: what there is besides is cancelled.
  void cancel() noexcept { at_least_ = stage::cancelling; }

  /// Goes one stage further if that is due.
  bool step(clock::time_point present) noexcept;
  /// When the next one is due by itself; `max()` where none ever is.
  clock::time_point next_change() const noexcept;

 private:
  stage due(clock::time_point present) const noexcept;

  shutdown_limits limits_;
  clock::time_point requested_at_ = (clock::time_point::max)();
  clock::time_point began_[4] = {(clock::time_point::min)(), (clock::time_point::max)(),
                                 (clock::time_point::max)(), (clock::time_point::max)()};
  stage current_ = stage::running, at_least_ = stage::running;
  unsigned requests_ = 0;
};

}  // namespace curfew::detail

#endif
