#ifndef CURFEW_RUN_OPTIONS_HPP
#define CURFEW_RUN_OPTIONS_HPP

#include <curfew/clock.hpp>
#include <curfew/detail/limit.hpp>
#include <curfew/export.hpp>
#include <curfew/shutdown_report.hpp>
#include <curfew/watchdog_options.hpp>
#include <iosfwd>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <utility>
#include <vector>

namespace curfew {

class observer;

/// How `run` runs and stops: `run(serve_all, run_options().threads(4).drain_limit(10s))`.
///
/// \par Errors
/// `run` checks them before anything starts, and throws `errc::invalid_limit` in words where they
/// contradict each other.
/// \par Example
/// \snippet running.cpp options
class CURFEW_EXPORT run_options {
 public:
  /// The defaults.
  run_options(std::source_location where = std::source_location::current()) : where_(where) {}

  /// \name Where and as what
  /// @{
  /// The name of the run in reports and dumps.
  run_options& name(std::string to) & { return set(name_, std::move(to)); }
  run_options&& name(std::string to) && { return std::move(name(std::move(to))); }
  /// How many threads run the context, the calling one among them. With several the main coroutine
  /// has a strand, and so have the sessions of `serve`; ask for two at least where threads of your
  /// own run the context as well. By default one.
  run_options& threads(unsigned count) & { return set(threads_, count); }
  run_options&& threads(unsigned count) && { return std::move(threads(count)); }
  /// @}

  /// \name Who asks for the shutdown
  /// @{
  /// By default SIGINT and SIGTERM. None: `signals({})`; then only `shutdown_control::request`
  /// asks.
  run_options& signals(std::vector<int> numbers) & { return set(signals_, std::move(numbers)); }
  run_options&& signals(std::vector<int> numbers) && {
    return std::move(signals(std::move(numbers)));
  }
  /// The signal on which the tree of tasks is written to `log`; by default SIGUSR1 where there is
  /// one, zero for none.
  run_options& dump_signal(int number) & { return set(dump_signal_, number); }
  run_options&& dump_signal(int number) && { return std::move(dump_signal(number)); }
  /// @}

  /// \name Limits of the stages
  /// `never` for none. Zero or negative: the stage is passed through.
  /// @{
  /// From the first request to the draining, so that a load balancer notices and sends no more. By
  /// default none.
  run_options& drain_delay(detail::duration_limit limit) & { return set(delay_, in(limit)); }
  run_options&& drain_delay(detail::duration_limit limit) && {
    return std::move(drain_delay(limit));
  }
  /// How long what is busy may go on. By default 20 s, or half of what the total limit leaves.
  run_options& drain_limit(detail::duration_limit limit) & {
    return set(drain_, std::optional(in(limit)));
  }
  run_options&& drain_limit(detail::duration_limit limit) && {
    return std::move(drain_limit(limit));
  }
  /// How long what is cancelled may take to end. By default 5 s.
  run_options& cancel_limit(detail::duration_limit limit) & { return set(cancel_, in(limit)); }
  run_options&& cancel_limit(detail::duration_limit limit) && {
    return std::move(cancel_limit(limit));
  }
  /// From the first request to the end of all of it, whatever the others say. By default none.
  run_options& total_limit(detail::duration_limit limit) & { return set(total_, in(limit)); }
  run_options&& total_limit(detail::duration_limit limit) && {
    return std::move(total_limit(limit));
  }
  /// @}

  /// \name Who hears of it
  /// @{
  /// Where dumps and the watchdog write; by default `std::cerr`. It must outlive the run.
  run_options& log(std::ostream& to) & { return set(log_, &to); }
  run_options&& log(std::ostream& to) && { return std::move(log(to)); }
  /// Prints the report when the run ends. The stream must outlive the run.
  run_options& print_report(std::ostream& to) & { return set(print_, &to); }
  run_options&& print_report(std::ostream& to) && { return std::move(print_report(to)); }
  /// Where the report is kept when the run ends, also where `run` then throws.
  run_options& report(shutdown_report& to) & { return set(report_, &to); }
  run_options&& report(shutdown_report& to) && { return std::move(report(to)); }
  /// Told of what happens in the context, from before the main coroutine starts; see
  /// `set_observer`. The context keeps it after the run.
  run_options& observer(std::shared_ptr<curfew::observer> to) & {
    return set(observer_, std::move(to));
  }
  run_options&& observer(std::shared_ptr<curfew::observer> to) && {
    return std::move(observer(std::move(to)));
  }
  /// Reports tasks that refuse to stop, and a loop that is late. By default there is none.
  run_options& watchdog(watchdog_options const& with) & {
    return set(watchdog_, std::optional(with));
  }
  run_options&& watchdog(watchdog_options const& with) && { return std::move(watchdog(with)); }
  /// @}

  std::string const& name() const noexcept { return name_; }
  unsigned threads() const noexcept { return threads_; }
  std::vector<int> const& signals() const noexcept { return signals_; }
  int dump_signal() const noexcept { return dump_signal_; }
  clock::duration drain_delay() const noexcept { return delay_; }
  clock::duration drain_limit() const noexcept;
  clock::duration cancel_limit() const noexcept { return cancel_; }
  clock::duration total_limit() const noexcept { return total_; }
  std::ostream* log() const noexcept { return log_; }  ///< Null for `std::cerr`.
  std::ostream* print_report() const noexcept { return print_; }
  shutdown_report* report() const noexcept { return report_; }
  std::shared_ptr<curfew::observer> const& observer() const noexcept { return observer_; }
  std::optional<watchdog_options> const& watchdog() const noexcept { return watchdog_; }
  /// Where the options were made.
  std::source_location const& where() const noexcept { return where_; }

 private:
  template <class T>
  run_options& set(T& what, T to) {
    what = std::move(to);
    return *this;
  }
  static clock::duration in(detail::duration_limit const& given) {
    return given.value().from({}).time_since_epoch();
  }
  static std::vector<int> default_signals();
  static int default_dump_signal() noexcept;

  std::string name_;
  std::source_location where_;
  unsigned threads_ = 1;
  std::vector<int> signals_ = default_signals();
  int dump_signal_ = default_dump_signal();
  clock::duration delay_{0}, cancel_ = std::chrono::seconds(5), total_ = (clock::duration::max)();
  std::optional<clock::duration> drain_;
  std::ostream* log_ = nullptr;
  std::ostream* print_ = nullptr;
  shutdown_report* report_ = nullptr;
  std::shared_ptr<curfew::observer> observer_;
  std::optional<watchdog_options> watchdog_;
};

}  // namespace curfew

#endif
