#include <curfew/detail/run_driver.hpp>

#include <algorithm>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <curfew/detail/task_snapshot.hpp>
#include <curfew/detail/words.hpp>
#include <curfew/error.hpp>
#include <curfew/impl/run.hpp>
#include <curfew/observer.hpp>
#include <curfew/tasks.hpp>
#include <iostream>
#include <mutex>
#include <thread>
#include <utility>

namespace curfew::detail {

namespace asio = boost::asio;

namespace {

// The run whose context this thread is in.
thread_local run_driver const* runs_here = nullptr;

constexpr clock::duration never_ends = clock::duration::max();
// How long one look at what is real lasts, so that it is noticed when nobody holds time back any
// more.
constexpr auto look = std::chrono::milliseconds(1);

[[noreturn]] void refuse(errc why, char const* text) {
  throw boost::system::system_error(make_error_code(why), text);
}

void check(run_options const& options) {
  using zero = clock::duration;
  auto const& total = options.total_limit();
  auto const delay = std::max(options.drain_delay(), zero::zero());
  auto const drain = std::max(options.drain_limit(), zero::zero());
  if (options.threads() == 0)
    refuse(errc::invalid_limit, "run with zero threads would run nothing: give it one or more");
  if (options.drain_delay() == never_ends)
    refuse(errc::invalid_limit, "run with a drain_delay of never would never stop");
  if (total != never_ends && (drain == never_ends || delay >= total || drain >= total - delay))
    refuse(errc::invalid_limit,
           "run: the total_limit would be used up by drain_delay and drain_limit, which leaves no "
           "time to cancel what is left: make it longer, or the others shorter");
  auto const& signals = options.signals();
  if (std::ranges::find(signals, options.dump_signal()) != signals.end())
    refuse(errc::invalid_state,
           "run: one signal cannot both ask for the shutdown and for a dump; see "
           "run_options::dump_signal");
}

shutdown_limits limits_of(run_options const& options) {
  return {options.drain_delay(), options.drain_limit(), options.cancel_limit(),
          options.total_limit()};
}

}  // namespace

void throw_no_strand() {
  refuse(errc::invalid_state,
         "run with several threads needs a main coroutine whose executor can be a strand: an "
         "awaitable of any_io_executor, or of a strand");
}

run_driver::ref run_driver::make(asio::io_context& context, run_options const& options) {
  check(options);
  if (runs_here)
    refuse(errc::invalid_state,
           "a run inside a running one would block its loop: spawn a task, or open a group");
  if (context.get_executor().running_in_this_thread())
    refuse(errc::invalid_state, "run is called by a handler of the very context that it would run");
  auto made = ref::adopt(new run_driver(context, options));
  if (made->deadlines_.has_virtual_time() && options.threads() != 1)
    refuse(errc::invalid_state, "run under virtual time has one thread");
  if (!made->registry_->begin_run({made->root_, made->state_->draining()}))
    refuse(errc::invalid_state, "another run is under way on this context");
  made->phase_ = phase::in_force;
  made->signals_.emplace(made->executor_, options.signals());
  if (options.dump_signal() != 0)
    made->dump_signal_.emplace(made->executor_, std::vector<int>{options.dump_signal()});
  if (options.observer()) set_observer(context, options.observer());
  return made;
}

run_driver::run_driver(asio::io_context& context, run_options const& options)
    : context_(context),
      options_(options),
      deadlines_(deadline_service::of(context)),
      registry_(registry_ref::share(&task_registry::of(deadlines_))),
      executor_(asio::make_strand(context)) {
  state_ = shutdown_state::make(limits_of(options), deadlines_, *this);
  state_->set_concurrent(options.threads() > 1);
  auto name = options.name().empty() ? std::string("run") : options.name();
  root_ = group_core::make({group_rule::keep_going, 0, std::move(name), options.where(), true},
                           registry_);
  began_ = deadlines_.now();
  note_operations();
  timer_.target = watch_timer_.target = waiter_.target = this;
  timer_.id = stage_due;
  watch_timer_.id = watch;
  waiter_.id = task_ended;
  waiter_.context = &deadlines_;
}

run_driver::~run_driver() {
  state_->end(state_->report());
  if (phase_ == phase::prepared) root_->close();
  if (phase_ == phase::in_force) registry_->end_run();
}

template <class F>
void run_driver::later(F f) {
  asio::post(executor_, [self = ref::share(this), f] {
    if (!self->finished_) f(*self);
  });
}

void run_driver::start(task_ref main) {
  main_ = std::move(main);
  left_.push_back(main_);
  work_.emplace(asio::make_work_guard(executor_));
  later([](run_driver& self) {
    self.wait_for_signal();
    self.wait_for_dump_signal();
    if (self.options_.watchdog()) self.watch_again();
    self.join_next();
  });
}

// ---- stages

void run_driver::requested(std::uint64_t id) {
  auto const where = executor_;
  auto const due = watch_timer_.deadline();
  asio::post(where, [self = ref::adopt(this), id, due] {
    auto& node = id == watch ? self->watch_timer_ : self->timer_;
    if (id != task_ended) node.where.store(deadline_node::state::idle, std::memory_order_relaxed);
    if (self->finished_) return;
    switch (id) {
      case stage_due: self->state_->apply(); break;
      case task_ended: self->join_next(); break;
      case watch: self->look_around(due); break;
    }
  });
}

void run_driver::rescheduled() {
  later([](run_driver& self) { self.set_timer(); });
}

void run_driver::set_timer() {
  if (!deadlines_.disarm(timer_)) return;  // the news of it is on its way, and sets it again
  deadlines_.arm(timer_, state_->next_change(), deadlines_.now());
  if (options_.watchdog()) watch_again();
}

void run_driver::entered(stage from, stage to) {
  if (deadlines_.observed()) {
    if (auto const told = deadlines_.observers().get())
      told->on_stage_change(from, to, state_->reason());
  }
  switch (to) {
    case stage::draining: registry_->start_counting(); break;
    case stage::cancelling: cancel_everything(); break;
    case stage::forced: later([](run_driver& self) { self.finish(); }); break;
    case stage::running: break;
  }
}

// Whoever is in no group of another task; the others hear of it by their owners.
void run_driver::cancel_everything() {
  auto const why = state_->reason();
  root_->cancel(why);
  for (auto const& group : registry_->groups()) {
    if (group.get() == root_.get()) continue;
    if (group->is_root()) {
      for (auto const& task : group->children()) task->cancel(why);
    } else if (group->owner_number() == 0) {
      group->cancel(why);
    }
  }
}

// ---- waiting for everything

void run_driver::join_next() {
  for (;;) {
    while (!left_.empty()) {
      current_ = std::move(left_.back());
      left_.pop_back();
      waiter_.where.store(token_node::state::idle, std::memory_order_relaxed);
      if (current_->add(waiter_)) return;
    }
    if (main_->done() && state_->current() < stage::cancelling) state_->main_ended();
    left_ = registry_->tasks();
    if (left_.empty()) return finish();
    if (state_->current() >= stage::cancelling) cancel_everything();
  }
}

void run_driver::finish() {
  if (finished_.exchange(true)) return;
  root_->refuse();
  deadlines_.disarm(timer_);
  deadlines_.disarm(watch_timer_);
  if (current_) current_->remove(waiter_);
  signals_->set().cancel();
  if (dump_signal_) dump_signal_->set().cancel();
  work_.reset();
  if (!deadlines_.has_virtual_time()) let_threads_leave();
}

// By an exception, each thread by itself: to stop the context would end whatever else it is used
// for, on other threads too.
void run_driver::let_threads_leave() {
  struct leaving {
    ref self;
    void operator()() {
      if (self->inside_ == 0) return;
      if (runs_here == self.get()) throw leave();
      asio::post(self->context_, std::move(*this));
    }
  };
  for (unsigned i = 0; i != options_.threads(); ++i)
    asio::post(context_, leaving{ref::share(this)});
}

// ---- signals

void run_driver::wait_for_signal() {
  if (options_.signals().empty()) return;
  signals_->set().async_wait([self = ref::share(this)](error_code error, int number) {
    if (error || self->finished_) return;
    self->wait_for_signal();
    self->state_->request({cancellation_cause::shutdown, signal_name(number), {}});
  });
}

void run_driver::wait_for_dump_signal() {
  if (!dump_signal_) return;
  dump_signal_->set().async_wait([self = ref::share(this)](error_code error, int) {
    if (error || self->finished_) return;
    self->wait_for_dump_signal();
    dump_tasks(self->context_, self->log());
  });
}

// ---- the watchdog

void run_driver::watch_again() {
  if (watch_timer_.where.load(std::memory_order_relaxed) != deadline_node::state::idle) return;
  // Under virtual time it is no reason to let time pass.
  if (deadlines_.has_virtual_time() && deadlines_.next_deadline() == clock::time_point::max())
    return;
  auto const& with = *options_.watchdog();
  auto const period =
      std::clamp<clock::duration>(std::min(with.refusal() / 4, with.loop_lag() / 2),
                                  std::chrono::milliseconds(1), std::chrono::seconds(1));
  auto const present = deadlines_.now();
  deadlines_.arm(watch_timer_, present + period, present);
}

void run_driver::look_around(clock::time_point due) {
  auto const& with = *options_.watchdog();
  auto const present = deadlines_.now();
  auto const lag = present - due;
  if (lag >= with.loop_lag() && present - std::chrono::seconds(1) >= lag_told_) {
    lag_told_ = present;
    log() << "curfew: the loop is late: it delivered a timer " + in_words(lag) +
                 " after its time. Something keeps it busy\n"
          << std::flush;
  }
  std::set<std::uint64_t> still;
  for (auto const& task : registry_->tasks()) {
    if (with.refusal() == never_ends || task->asked_at() > present - with.refusal()) continue;
    still.insert(task->number());
    if (refusals_told_.contains(task->number())) continue;
    auto const info = look_at(*task, task->owner().get(), present);
    log() << "curfew: a task does not stop: " + to_string(info) + '\n' << std::flush;
    task->observe_refusal(info.reason, info.asked);
  }
  refusals_told_.swap(still);
  watch_again();
}

// ---- the loop

void run_driver::keep_failure(std::exception_ptr error) {
  std::lock_guard guard(failure_lock_);
  if (!failure_) failure_ = std::move(error);
}

void run_driver::handler_failed(std::exception_ptr error) {
  keep_failure(std::move(error));
  state_->fail({cancellation_cause::shutdown, "a handler failed", {}});
}

void run_driver::run_thread() {
  auto* const before = std::exchange(runs_here, this);
  ++inside_;
  while (!finished_) {
    try {
      context_.run();
      break;  // somebody stopped the context
    } catch (leave const&) {
      break;
    } catch (...) {
      handler_failed(std::current_exception());
    }
  }
  --inside_;
  runs_here = before;
}

void run_driver::loop() {
  if (context_.stopped()) context_.restart();
  if (deadlines_.has_virtual_time()) return run_in_virtual_time();
  std::vector<std::thread> others;
  try {
    for (unsigned i = 1; i < options_.threads(); ++i) others.emplace_back([this] { run_thread(); });
    run_thread();
  } catch (...) {  // the system gives no more threads
    if (others.empty())
      finish();
    else
      later([](run_driver& self) { self.finish(); });
    for (auto& each : others) each.join();
    throw;
  }
  for (auto& each : others) each.join();
}

void run_driver::run_in_virtual_time() {
  auto* const before = std::exchange(runs_here, this);
  bool deadlock = false;
  // There is work until it has finished, so who stops the context is somebody.
  while (!deadlock && !context_.stopped() && !finished_) {
    try {
      if (context_.poll() != 0) continue;
      if (deadlines_.is_held_back()) {
        context_.run_one_for(look);
        continue;
      }
      auto const next = deadlines_.next_deadline();
      if (next != clock::time_point::max())
        deadlines_.advance_to(std::max(next, deadlines_.now()));
      else  // nothing can come but from outside
        deadlock = context_.run_one_for(std::chrono::seconds(1)) == 0 && !context_.stopped();
    } catch (...) {
      handler_failed(std::current_exception());
    }
  }
  runs_here = before;
  if (deadlock) give_up_in_deadlock();
}

void run_driver::give_up_in_deadlock() {
  keep_failure(std::make_exception_ptr(boost::system::system_error(
      make_error_code(errc::deadlock),
      "nothing can ever happen, as no deadline is pending; the tasks are\n" +
          dump_tasks(context_))));
  finish();
}

// ---- the end

bool run_driver::all_ended() const { return registry_->tasks().empty(); }

std::ostream& run_driver::log() const { return options_.log() ? *options_.log() : std::cerr; }

shutdown_report run_driver::make_report(int exit_code) const {
  auto const stages = state_->stages();
  auto const present = deadlines_.now();
  shutdown_report report;
  report.reason = state_->asked();
  report.stage = stages.current();
  report.exit_code = exit_code;
  auto const ended = registry_->stop_counting();
  report.completed = ended[static_cast<std::size_t>(ending::value)];
  report.failed = ended[static_cast<std::size_t>(ending::error)];
  report.cancelled = ended[static_cast<std::size_t>(ending::abort)];
  for (auto const& task : registry_->tasks()) {
    auto info = look_at(*task, task->owner().get(), present);
    (info.abandoned ? report.abandoned : report.refused).push_back(std::move(info));
  }
  auto const drain = stages.began(stage::draining), cancel = stages.began(stage::cancelling);
  auto const first = stages.requested() ? stages.requested_at() : drain;
  if (first == clock::time_point::max()) return report;
  report.total = present - first;
  report.delay = std::min(drain, present) - first;
  if (drain < present) report.drained = std::min(cancel, present) - drain;
  if (cancel < present) report.cancelling = present - cancel;
  return report;
}

void run_driver::tell_refusals(shutdown_report const& report) const {
  if (!deadlines_.observed()) return;
  for (auto const& task : registry_->tasks())
    for (auto const& each : report.refused)
      if (each.id == task->number()) task->observe_refusal(each.reason, each.asked);
}

void run_driver::conclude(int exit_code, bool main_failed) {
  finish();  // where somebody stopped the context
  auto const report = make_report(exit_code);
  if (options_.report()) *options_.report() = report;
  tell_refusals(report);
  state_->end(report);
  signals_.reset();
  dump_signal_.reset();
  phase_ = phase::over;
  registry_->end_run();
  if (options_.print_report()) *options_.print_report() << report << std::flush;
  if (failure_ && !main_failed) std::rethrow_exception(failure_);
}

}  // namespace curfew::detail
