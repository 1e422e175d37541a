#ifndef CURFEW_SHUTDOWN_REPORT_HPP
#define CURFEW_SHUTDOWN_REPORT_HPP

#include <cstddef>
#include <curfew/cancellation_reason.hpp>
#include <curfew/clock.hpp>
#include <curfew/export.hpp>
#include <curfew/stage.hpp>
#include <curfew/task_info.hpp>
#include <iosfwd>
#include <string>
#include <vector>

namespace curfew {

/// How a `run` ended: what its shutdown took, and who did not go.
///
/// The counts are of tasks that ended since draining began: the main coroutine is one of them, but
/// where it ended by itself.
/// \par Example
/// \snippet running.cpp report
/// \see run_options::report, shutdown_control::report
struct CURFEW_EXPORT shutdown_report {
  /// Who asked first, with the name of the signal or the text of the request. Empty where the main
  /// coroutine ended by itself.
  cancellation_reason reason = cancellation_cause::none;
  curfew::stage stage = curfew::stage::running;  ///< The last that was reached.
  std::size_t completed = 0;                     ///< Tasks that ended with a value.
  std::size_t failed = 0;                        ///< With an error of their own.
  std::size_t cancelled = 0;                     ///< Because they were asked to stop.
  std::vector<task_info> abandoned;  ///< What `abandon_after` left behind and has not ended.
  std::vector<task_info> refused;    ///< Who was asked to stop and has not, by the last limit.
  clock::duration delay{};           ///< How long it waited before draining,
  clock::duration drained{};         ///< how long it drained,
  clock::duration cancelling{};      ///< how long it cancelled,
  clock::duration total{};           ///< and all together.
  int exit_code = 0;                 ///< What `run` returns.

  /// Whether everything has ended.
  bool clean() const noexcept { return abandoned.empty() && refused.empty(); }
};

/// In a few lines, one for each task that was left behind.
CURFEW_EXPORT std::string to_string(shutdown_report const& report);
/// \overload
CURFEW_EXPORT std::ostream& operator<<(std::ostream& out, shutdown_report const& report);

}  // namespace curfew

#endif
