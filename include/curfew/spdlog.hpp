#ifndef CURFEW_SPDLOG_HPP
#define CURFEW_SPDLOG_HPP

#include <spdlog/fwd.h>

#include <cstddef>
#include <curfew/clock.hpp>
#include <curfew/detail/limit.hpp>
#include <curfew/export.hpp>
#include <curfew/observer.hpp>
#include <memory>
#include <utility>

namespace curfew {

/// How much `make_spdlog_observer` writes: `spdlog_options().lines_per_second(100)`.
///
/// \par Example
/// \snippet spdlog.cpp options
class spdlog_options {
 public:
  /// How many lines of one kind it writes in a second: of further ones the next second's first line
  /// says how many they were. By default 20. Refusals and stages of a shutdown are always written.
  spdlog_options& lines_per_second(std::size_t lines) & { return set(lines_, lines); }
  spdlog_options&& lines_per_second(std::size_t lines) && {
    return std::move(lines_per_second(lines));
  }
  /// From when on a late delivery is written. By default 100 ms.
  spdlog_options& late_after(detail::duration_limit late) & {
    return set(late_after_, late.value().from({}).time_since_epoch());
  }
  spdlog_options&& late_after(detail::duration_limit late) && {
    return std::move(late_after(late));
  }
  /// What tells the time by which seconds are counted, for tests. By default the real clock.
  spdlog_options& now(clock::time_point (*tell)()) & { return set(now_, tell); }
  spdlog_options&& now(clock::time_point (*tell)()) && { return std::move(now(tell)); }

  std::size_t lines_per_second() const noexcept { return lines_; }
  clock::duration late_after() const noexcept { return late_after_; }
  clock::time_point now() const { return now_(); }

 private:
  template <class T>
  spdlog_options& set(T& what, T to) {
    what = to;
    return *this;
  }
  std::size_t lines_ = 20;
  clock::duration late_after_ = std::chrono::milliseconds(100);
  clock::time_point (*now_)() = [] { return clock::now(); };
};

/// An observer that writes what happens to a logger of spdlog, a line each, with the task's number,
/// name and place. Link `curfew::spdlog`.
///
/// | what | level |
/// |---|---|
/// | a task is spawned, has completed, ends cancelled | trace |
/// | a task has failed: its owner is told anyway | debug |
/// | a task is asked to stop, a limit passes | debug |
/// | the shutdown enters a stage | info |
/// | the loop delivers a deadline late | warn |
/// | a task that was asked does not stop | error |
///
/// What the logger's level leaves out costs a comparison.
///
/// \param to It must take calls from several threads where several run the context: a sink whose
/// name ends in `_mt`.
/// \par Errors
/// `errc::invalid_state` for no logger, `errc::invalid_limit` for zero lines a second;
/// `std::bad_alloc`. What goes wrong while a line is written is left to spdlog, and the line is
/// lost.
/// \par Lifetime
/// It keeps the logger.
/// \par Example
/// \snippet spdlog.cpp spdlog
/// \see `timeline` for a picture; `observe_by_all` for both.
CURFEW_SPDLOG_EXPORT std::shared_ptr<observer> make_spdlog_observer(
    std::shared_ptr<::spdlog::logger> to, spdlog_options const& options = {});

}  // namespace curfew

#endif
