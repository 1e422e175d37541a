#ifndef CURFEW_OBSERVER_HPP
#define CURFEW_OBSERVER_HPP

#include <boost/asio/execution_context.hpp>
#include <cstdint>
#include <curfew/cancellation_reason.hpp>
#include <curfew/clock.hpp>
#include <curfew/export.hpp>
#include <curfew/stage.hpp>
#include <exception>
#include <initializer_list>
#include <memory>
#include <source_location>
#include <string_view>

namespace curfew {

/// A task, as an observer is told of it. The views are valid during the call.
struct task_event {
  std::uint64_t id = 0;            ///< Its `task_id`; zero where it happened outside every task.
  std::uint64_t owner = 0;         ///< The task whose group it is in; zero where no task owns that.
  std::string_view name;           ///< Empty when it has none.
  std::string_view group;          ///< The name of its group; empty when that has none.
  std::source_location where;      ///< Where it was spawned.
  clock::time_point spawned_at{};  ///< When.
};

/// How a task ended.
enum class task_ending {
  completed,  ///< With a value.
  failed,     ///< With an error of its own.
  cancelled,  ///< By a cancellation.
};

/// What happens in a context, for logs, metrics and traces: override what you want to know, and
/// hand it to `set_observer`.
///
/// Each function is called where and when it happens, on whatever thread that is, outside every
/// lock. It must not throw, and should return soon: what it delays is the loop.
///
/// \par Thread safety
/// Where several threads run the context, or ask its tasks to stop, several call at a time.
/// \par Example
/// \snippet observing.cpp observer
/// \see `timeline` writes a trace, `make_spdlog_observer` logs; `tasks` and `dump_tasks` for what
/// is there now.
class CURFEW_EXPORT observer {
 public:
  virtual ~observer();

  /// A task was spawned, and has not run yet.
  virtual void on_spawn(task_event const& task) noexcept;
  /// A task has ended; `error` is what it ended with where that was an exception, also that of a
  /// cancellation, else null. Told too where the context is destroyed, and its tasks with it.
  virtual void on_end(task_event const& task, task_ending how,
                      std::exception_ptr const& error) noexcept;
  /// A task was asked to stop: by its handle, with its group, or by the shutdown. Once per task.
  virtual void on_request(task_event const& task, cancellation_reason const& why) noexcept;
  /// A limit passed and asked what it is around to stop: `late` after its deadline. `where` is the
  /// place of the limit, if it is known; `task` the one that it is in, if it is in one.
  virtual void on_expiry(task_event const& task, std::source_location const& where,
                         clock::time_point deadline, clock::duration late) noexcept;
  /// The loop was busy elsewhere when a deadline came: it was delivered `late` after its time. Told
  /// from `late_after` on, once for all deadlines that were late together.
  virtual void on_late_delivery(clock::time_point deadline, clock::duration late) noexcept;
  /// A task that was asked to stop `ago` has not ended: said once by the watchdog of `run`, and by
  /// `run` where it leaves the task behind.
  virtual void on_refusal(task_event const& task, cancellation_reason const& why,
                          clock::duration ago) noexcept;
  /// The shutdown of a `run` goes on.
  virtual void on_stage_change(stage from, stage to, cancellation_reason const& why) noexcept;

  /// From when on a late delivery is told: by default 100 ms. Asked once, by `set_observer`
  /// or `observe_by_all`.
  virtual clock::duration late_after() const noexcept;

 protected:
  observer() = default;
  observer(observer const&) = default;
  observer& operator=(observer const&) = default;
};

/// Has an observer told of what happens in a context from now on, instead of the one before; a null
/// pointer ends it. Without an observer each place that would tell one costs a load.
///
/// \par Thread safety
/// From any thread. A call that has begun goes on with the observer that it began with, which is
/// kept until then.
/// \par Lifetime
/// The context keeps the observer. \throws std::bad_alloc
/// \par Example
/// \snippet observing.cpp observer
CURFEW_EXPORT void set_observer(boost::asio::execution_context& context,
                                std::shared_ptr<observer> to);

/// One observer that tells all of these, in this order. Null pointers are left out.
/// \throws std::bad_alloc
CURFEW_EXPORT std::shared_ptr<observer> observe_by_all(
    std::initializer_list<std::shared_ptr<observer>> all);

}  // namespace curfew

#endif
