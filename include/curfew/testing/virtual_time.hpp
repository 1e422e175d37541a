#ifndef CURFEW_TESTING_VIRTUAL_TIME_HPP
#define CURFEW_TESTING_VIRTUAL_TIME_HPP

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <curfew/clock.hpp>
#include <curfew/detail/deadline_service.hpp>
#include <curfew/detail/limit.hpp>
#include <curfew/export.hpp>

namespace curfew::testing {

/// Makes the time of a context stand still and jump, so that a test of a limit of an hour takes
/// microseconds and ends the same way each time. The code under test stays as it is.
///
/// While it lives, every limit, sleep and `curfew::now` of the context goes by virtual time, which
/// starts at the same instant in every run and passes only by the calls below. Limits fire exactly
/// at their instant, equal ones in the order in which they were set. Asio's own timers and the
/// system's clocks stay real.
///
/// The calls run the context's handlers on the calling thread, as `io_context::poll` does; they may
/// be made from inside a handler too.
///
/// \par Errors
/// `errc::invalid_limit` for a limit that is negative or not a number; nothing has moved then.
/// \par Thread safety
/// Distinct objects: safe on distinct contexts, and independent. Shared objects: unsafe. One thread
/// runs the context.
/// \par Lifetime
/// The context must outlive it. When it is destroyed, real time goes on, and what is pending fires
/// when the clock comes to its instant.
/// \par Example
/// \snippet virtual_time.cpp virtual_time
class CURFEW_EXPORT virtual_time {
 public:
  /// \pre No other `virtual_time` lives on the context: `errc::invalid_state`.
  explicit virtual_time(boost::asio::io_context& context);
  virtual_time(virtual_time const&) = delete;
  virtual_time& operator=(virtual_time const&) = delete;
  ~virtual_time();

  clock::time_point now() const noexcept { return deadlines_->now(); }

  /// Lets time pass: runs what is ready, then goes from deadline to deadline, running at each
  /// instant what it makes ready, up to and including the instant at which the limit ends. `never`
  /// goes on to the last deadline.
  void advance(detail::duration_limit limit) { advance_by(limit.value); }
  /// Runs what is ready and jumps to the next deadline whenever nothing is, until nothing is ready
  /// and no deadline is left.
  void run();
  /// Runs what is ready, and what that makes ready, without letting time pass.
  void settle();

  /// How many deadlines are pending: limits and scopes that have one, sleeps and waits for tokens.
  std::size_t pending() const { return deadlines_->pending(); }

 private:
  void advance_by(detail::limit limit);
  void jump_until(clock::time_point last);

  boost::asio::io_context* context_;
  detail::deadline_service* deadlines_;
};

}  // namespace curfew::testing

#endif
