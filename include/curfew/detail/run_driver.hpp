#ifndef CURFEW_DETAIL_RUN_DRIVER_HPP
#define CURFEW_DETAIL_RUN_DRIVER_HPP

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <curfew/detail/deadline_node.hpp>
#include <curfew/detail/run_signals.hpp>
#include <curfew/detail/shutdown_state.hpp>
#include <curfew/detail/task_registry.hpp>
#include <curfew/export.hpp>
#include <curfew/run_options.hpp>
#include <exception>
#include <optional>
#include <set>
#include <vector>

namespace curfew::detail {

/// A run that is under way: it brings the stages of the shutdown to the tasks of a context, waits
/// for these, and lets the threads that run the context leave it when all have ended, without
/// stopping it.
///
/// All but `rescheduled`, `entered` and `requested` happens on `executor_`, a strand, or before and
/// after the threads run.
class CURFEW_EXPORT run_driver final : public request_target, private shutdown_actor {
 public:
  using ref = target_ref<run_driver>;

  /// Checks everything and takes hold of the context; nothing runs yet.
  /// \throws boost::system::system_error in words for what cannot be.
  static ref make(boost::asio::io_context& context, run_options const& options);

  group_ref const& group() const noexcept { return root_; }
  shutdown_ref const& state() const noexcept { return state_; }

  /// Begins to wait for the main task and whatever else there is.
  void start(task_ref main);
  /// Runs the context on this thread and the others, until everything has ended or been left.
  void loop();
  /// The context is left: says how, and gives it free. Rethrows what escaped from a handler, where
  /// the main task has not failed.
  void conclude(int exit_code, bool main_failed);
  /// Whether nobody was left behind.
  bool all_ended() const;

  void requested(std::uint64_t id) override;
  visitors* host() const noexcept override { return &deadlines_.visited_by(); }

 private:
  struct leave {};
  enum class phase { prepared, in_force, over };
  enum news : std::uint64_t { stage_due, task_ended, watch };

  run_driver(boost::asio::io_context& context, run_options const& options);
  ~run_driver() override;
  void destroy() noexcept override { delete this; }

  // From any thread.
  void rescheduled() override;
  void entered(stage from, stage to) override;
  void cancel_everything();
  template <class F>
  void later(F f);

  void set_timer();
  void join_next();
  void finish();
  void let_threads_leave();
  void wait_for_signal();
  void wait_for_dump_signal();
  void look_around(clock::time_point due);
  void watch_again();
  void handler_failed(std::exception_ptr error);

  void run_thread();
  void run_in_virtual_time();
  void give_up_in_deadlock();
  void keep_failure(std::exception_ptr error);
  shutdown_report make_report(int exit_code) const;
  void tell_refusals(shutdown_report const& report) const;
  std::ostream& log() const;

  boost::asio::io_context& context_;
  run_options const options_;
  deadline_service& deadlines_;
  registry_ref registry_;
  boost::asio::any_io_executor executor_;
  shutdown_ref state_;
  group_ref root_;
  task_ref main_;
  clock::time_point began_;
  std::optional<run_signals> signals_;
  std::optional<run_signals> dump_signal_;
  std::optional<boost::asio::executor_work_guard<boost::asio::any_io_executor>> work_;
  numbered_deadline timer_, watch_timer_;
  task_waiter waiter_;
  task_ref current_;
  std::vector<task_ref> left_;
  std::set<std::uint64_t> refusals_told_;
  clock::time_point lag_told_ = (clock::time_point::min)();
  phase phase_ = phase::prepared;
  spin_lock failure_lock_;
  std::exception_ptr failure_;
  std::atomic<bool> finished_{false};
  std::atomic<unsigned> inside_{0};  ///< Threads of this run that are in the context.
};

}  // namespace curfew::detail

#endif
