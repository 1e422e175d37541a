#include <curfew/shutdown_report.hpp>

#include <chrono>
#include <curfew/detail/words.hpp>
#include <curfew/tasks.hpp>
#include <ostream>

namespace curfew {

std::string to_string(shutdown_report const& report) {
  using detail::in_words;
  bool const says_so = report.reason.cause() == cancellation_cause::shutdown;
  std::string text = says_so ? "" : "shutdown: ";
  text += report.reason ? to_string(report.reason) : std::string("not asked for");
  text += "; " + in_words(report.total) + " in all";
  constexpr auto noticeable = std::chrono::milliseconds(1);
  if (report.delay >= noticeable) text += ", delay " + in_words(report.delay);
  if (report.stage >= stage::draining) text += ", drained " + in_words(report.drained);
  if (report.cancelling >= noticeable) text += ", cancelling " + in_words(report.cancelling);
  text += "\n  tasks: " + std::to_string(report.completed) + " completed, " +
          std::to_string(report.failed) + " failed, " + std::to_string(report.cancelled) +
          " cancelled, " + std::to_string(report.abandoned.size()) + " abandoned, " +
          std::to_string(report.refused.size()) + " refused to stop\n";
  for (auto const& task : report.refused) text += "  refused: " + to_string(task) + '\n';
  for (auto const& task : report.abandoned) text += "  abandoned: " + to_string(task) + '\n';
  return text;
}

std::ostream& operator<<(std::ostream& out, shutdown_report const& report) {
  return out << to_string(report);
}

}  // namespace curfew
