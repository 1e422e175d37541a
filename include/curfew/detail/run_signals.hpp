#ifndef CURFEW_DETAIL_RUN_SIGNALS_HPP
#define CURFEW_DETAIL_RUN_SIGNALS_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/signal_set.hpp>
#include <curfew/export.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace curfew::detail {

/// `"SIGTERM"`, `"signal 42"`.
CURFEW_EXPORT std::string signal_name(int number);

/// Signals that a run handles for as long as this lives. What handled them before does so again
/// after it, where nobody else has taken them meanwhile.
class CURFEW_EXPORT run_signals {
 public:
  /// \throws boost::system::system_error Names the signal that cannot be handled.
  run_signals(boost::asio::any_io_executor const& executor, std::vector<int> const& numbers);
  ~run_signals();
  run_signals(run_signals const&) = delete;
  run_signals& operator=(run_signals const&) = delete;

  boost::asio::signal_set& set() noexcept { return *set_; }

 private:
  struct before;

  std::unique_ptr<before> before_;  ///< Dies after the set.
  std::optional<boost::asio::signal_set> set_;
};

}  // namespace curfew::detail

#endif
