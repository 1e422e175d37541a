#ifndef CURFEW_TIMELINE_HPP
#define CURFEW_TIMELINE_HPP

#include <boost/asio/execution_context.hpp>
#include <cstddef>
#include <curfew/export.hpp>
#include <curfew/observer.hpp>
#include <iosfwd>
#include <memory>

namespace curfew {

/// Keeps what happens in a context, and writes it as a picture over time: a trace in Chrome's JSON
/// format, which ui.perfetto.dev and chrome://tracing open.
///
/// Each task has a track of its own, on which it lasts from its spawn to its end, with its group,
/// its place, how it ended and by which error; an arrow leads to it from the task that owns it. On
/// the tracks are marked the requests to stop with their reasons, the limits that passed, and
/// refusals; across all of them, deadlines that the loop delivered late and the stages of a
/// shutdown. What has not ended is open to the right.
///
/// It keeps the first events, `limit` of them, a task being one with its end; of later ones only
/// how many there were, which the trace says.
///
/// \par Errors
/// The constructor throws `std::bad_alloc`. What there is no memory to keep is left out as well.
/// \par Units
/// Microseconds since the first event, by the clock of the context: under
/// `testing::virtual_time` virtual ones.
/// \par Thread safety
/// Distinct and shared objects: safe, also `write` while everything goes on.
/// \par Lifetime
/// It is handed to `set_observer` of the context that it was made for, and may outlive that.
/// \par Example
/// \snippet timeline.cpp timeline
/// \see `dump_tasks` for what there is now; `make_spdlog_observer` for lines of text.
class CURFEW_EXPORT timeline : public observer {
 public:
  /// How many events are kept where nothing is said: some tens of megabytes.
  static constexpr std::size_t default_limit = 100'000;

  /// Keeps at most so many events of the context whose observer it is to be.
  explicit timeline(boost::asio::execution_context& context, std::size_t limit = default_limit);
  timeline(timeline const&) = delete;
  timeline& operator=(timeline const&) = delete;
  ~timeline() override;

  /// How many events it keeps.
  std::size_t size() const;
  /// How many calls told it of something that it did not keep.
  std::size_t left_out() const;
  /// Writes what it keeps by now. The stream's own errors are left to its owner.
  /// \throws std::bad_alloc
  void write(std::ostream& out) const;

  /// \name Hooks
  /// @{
  void on_spawn(task_event const& task) noexcept override;
  void on_end(task_event const& task, task_ending how,
              std::exception_ptr const& error) noexcept override;
  void on_request(task_event const& task, cancellation_reason const& why) noexcept override;
  void on_expiry(task_event const& task, std::source_location const& where,
                 clock::time_point deadline, clock::duration late) noexcept override;
  void on_late_delivery(clock::time_point deadline, clock::duration late) noexcept override;
  void on_refusal(task_event const& task, cancellation_reason const& why,
                  clock::duration ago) noexcept override;
  void on_stage_change(stage from, stage to, cancellation_reason const& why) noexcept override;
  /// @}

 private:
  class log;
  std::unique_ptr<log> const log_;
};

}  // namespace curfew

#endif
