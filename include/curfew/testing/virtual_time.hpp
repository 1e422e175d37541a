#ifndef CURFEW_TESTING_VIRTUAL_TIME_HPP
#define CURFEW_TESTING_VIRTUAL_TIME_HPP

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <curfew/clock.hpp>
#include <curfew/detail/deadline_service.hpp>
#include <curfew/detail/limit.hpp>
#include <curfew/export.hpp>
#include <memory>
#include <thread>
#include <utility>

namespace curfew::testing {

namespace detail {
class test_run;
}

/// While it lives, `virtual_time::run`, `run_test` and `curfew::run` do not jump: something real is
/// under way that virtual time must not overtake, such as a peer behind a socket or a thread. Time
/// that is told to pass, passes.
///
/// \par Thread safety
/// It may be destroyed on any thread. Distinct objects: safe. Shared objects: unsafe.
/// \par Lifetime
/// It may outlive the `virtual_time`, and then holds nothing back.
class CURFEW_TESTING_EXPORT inhibitor {
 public:
  inhibitor() = default;
  inhibitor(inhibitor&&) noexcept = default;
  inhibitor& operator=(inhibitor&& other) noexcept {
    release();
    count_ = std::move(other.count_);
    return *this;
  }
  ~inhibitor() { release(); }
  /// What its end does, now.
  void release() noexcept;

 private:
  friend class virtual_time;
  explicit inhibitor(std::shared_ptr<std::atomic<int>> count) noexcept;
  std::shared_ptr<std::atomic<int>> count_;
};

/// Makes the time of a context stand still and jump, so that a test of a limit of an hour takes
/// microseconds and ends the same way each time. The code under test stays as it is.
///
/// While it lives, every limit, sleep and `curfew::now` of the context goes by virtual time, which
/// starts at the same instant in every run and passes only by the calls below. Limits fire exactly
/// at their instant, equal ones in the order in which they were set. Asio's own timers and the
/// system's clocks stay real.
///
/// The calls run the context's handlers on the calling thread, as `io_context::poll` does; they may
/// be made from inside a handler too (but for a context that was made with a concurrency hint of 1,
/// where Asio then loses count of its work, and misses some).
///
/// \par Errors
/// `errc::invalid_limit` for a limit that is negative or not a number; nothing has moved then.
/// `errc::invalid_state` for a second one on a context, and for a call on another thread than the
/// one that made the first.
/// \par Thread safety
/// Distinct objects: safe on distinct contexts, and independent. Shared objects: unsafe. One thread
/// runs the context.
/// \par Lifetime
/// The context must outlive it. When it is destroyed, real time goes on, and what is pending fires
/// when the clock comes to its instant.
/// \par Example
/// \snippet virtual_time.cpp virtual_time
class CURFEW_TESTING_EXPORT virtual_time {
 public:
  /// \pre No other `virtual_time` lives on the context: `errc::invalid_state`.
  explicit virtual_time(boost::asio::io_context& context);
  virtual_time(virtual_time const&) = delete;
  virtual_time& operator=(virtual_time const&) = delete;
  ~virtual_time();

  /// The virtual time.
  clock::time_point now() const noexcept { return deadlines_->now(); }

  /// Lets time pass: runs what is ready, then goes from deadline to deadline, running at each
  /// instant what it makes ready, up to and including the instant at which the limit ends. `never`
  /// goes on to the last deadline.
  void advance(curfew::detail::duration_limit limit) { advance_by(limit.value()); }
  /// Runs what is ready and jumps to the next deadline whenever nothing is, until nothing is ready
  /// and no deadline is left. While an `inhibitor` lives it waits for what is real instead.
  void run();
  /// Runs what is ready, and what that makes ready, without letting time pass.
  void settle();
  /// Runs one handler that is ready; or, when none is, lets time pass to the next deadline without
  /// running what that makes ready. False when there was neither.
  bool step();
  /// Holds `run` back while something real is under way.
  [[nodiscard]] inhibitor inhibit();
  /// Whether an `inhibitor` lives.
  bool inhibited() const noexcept { return *inhibitors_ != 0; }

  /// How many deadlines are pending: limits and scopes that have one, sleeps and waits for tokens.
  std::size_t pending() const { return deadlines_->pending(); }
  /// The context whose time it is.
  boost::asio::io_context& context() const noexcept { return *context_; }

 private:
  friend class detail::test_run;

  void advance_by(curfew::detail::limit limit);
  void jump_until(clock::time_point last);
  bool jump();
  void check_thread();

  boost::asio::io_context* context_;
  curfew::detail::deadline_service* deadlines_;
  std::thread::id driver_;
  std::shared_ptr<std::atomic<int>> inhibitors_ = std::make_shared<std::atomic<int>>(0);
};

}  // namespace curfew::testing

#endif
