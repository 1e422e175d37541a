#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <curfew/detail/stack_table.hpp>
#include <curfew/detail/words.hpp>
#include <curfew/error.hpp>
#include <curfew/tasks.hpp>
#include <curfew/testing/detail/allocations.hpp>
#include <curfew/testing/detail/test_run.hpp>
#include <curfew/testing/test_failure.hpp>

#include "hang_watch.hpp"

namespace curfew::testing {

test_failure::~test_failure() = default;

clock::duration run_test_options::checked(curfew::detail::duration_limit const& limit) {
  auto const from = clock::time_point();
  auto const length = limit.value().from(from) - from;
  if (length < clock::duration::zero())
    throw boost::system::system_error(errc::invalid_limit, "a limit of a test is not negative");
  return length;
}

namespace detail {
namespace {

// How long something from another thread is waited for when nothing else can happen.
constexpr auto last_look = std::chrono::milliseconds(100);

std::string counted(std::size_t n, char const* one) {
  return std::to_string(n) + ' ' + one + (n == 1 ? "" : "s");
}

}  // namespace

class test_run::hang_guard {
 public:
  hang_guard(boost::asio::io_context& context, clock::duration limit) : watched_(context, limit) {}

 private:
  hang_watch::guard watched_;
};

// No context with a hint of one thread: Asio loses count there of what is posted before a poll that
// a handler calls, as the scenario does with `settle`.
test_run::test_run(run_test_options const& options, chooser* order)
    : options_(options),
      stacks_before_(curfew::detail::count_stacks()),
      blocks_before_(allocations::in_use()),
      began_(clock::now()),
      context_(std::in_place),
      turns_(&boost::asio::use_service<turn_queue>(*context_)) {
  if (options_.check_memory() && !allocations::are_replaced())
    throw boost::system::system_error(
        errc::invalid_state,
        "check_memory needs #include <curfew/testing/replace_new.hpp> in one file of the program");
  turns_->set_chooser(order);
  time_.emplace(*context_);
  if (options_.real_limit() != clock::duration::max())
    guard_ = std::make_unique<hang_guard>(*context_, options_.real_limit());
}

test_run::~test_run() {
  guard_.reset();
  time_.reset();
}

void test_run::check_real_limit() {
  if (clock::now() - began_ < options_.real_limit()) return;
  throw test_failure("the test did not end within " +
                     curfew::detail::in_words(options_.real_limit()) +
                     " by the real clock; the tasks are\n" + dump_tasks(*context_));
}

void test_run::fail_in_deadlock() {
  throw boost::system::system_error(
      make_error_code(errc::deadlock),
      "nothing can ever happen, as no deadline is pending; the tasks are\n" +
          dump_tasks(*context_));
}

bool test_run::wait_for_real(clock::duration limit) {
  auto const waiting = boost::asio::make_work_guard(*context_);
  if (context_->stopped()) context_->restart();
  return context_->run_one_for(limit) != 0;
}

void test_run::drive(std::function<bool()> const& done) {
  while (!done()) {
    if (context_->stopped()) context_->restart();
    // Not one by one: what Asio keeps for reuse it keeps during such a call.
    if (context_->poll() == 0) go_on();
    check_real_limit();
  }
}

void test_run::step() {
  check_real_limit();
  if (context_->stopped()) context_->restart();
  if (context_->poll_one() == 0) go_on();
}

void test_run::go_on() {
  bool const real = !context_->stopped();
  bool const over = time_->deadlines_->next_deadline() == clock::time_point::max();
  if (time_->inhibited() || (real && over)) {
    wait_for_real(std::chrono::milliseconds(1));
    return;
  }
  if (real && options_.patience() != clock::duration::zero() && wait_for_real(options_.patience()))
    return;
  if (time_->jump()) return;
  if (!wait_for_real(last_look)) fail_in_deadlock();
}

bool test_run::settle_background() {
  auto const& names = options_.may_outlive();
  bool found = false;
  for (auto const& task : curfew::detail::task_registry::of(*time_->deadlines_).tasks()) {
    if (std::find(names.begin(), names.end(), task->name()) == names.end()) continue;
    found = true;
    task->cancel({cancellation_cause::shutdown, "the test has ended", {}});
  }
  return found;
}

std::string test_run::left_behind() {
  std::string words;
  if (auto const living = tasks(*context_); !living.empty())
    words += "\n" + counted(living.size(), "task") + ":\n" + dump_tasks(*context_);
  if (auto const pending = time_->pending(); pending != 0)
    words += "\n" + counted(pending, "deadline") + ": a limit, a sleep or a wait for a token";
  if (words.empty() && !context_->stopped())
    words += "\nan operation of Asio that has not ended, or a work guard";
  auto const stacks = curfew::detail::count_stacks();
  if (words.empty() && stacks > stacks_before_)
    words += "\n" + counted(stacks - stacks_before_, "coroutine") + " that has used curfew";
  return words;
}

void test_run::check_left_nothing() {
  time_->settle();
  if (settle_background()) time_->settle();
  if (auto const words = left_behind(); !words.empty())
    throw test_failure("the test has ended and left behind" + words);
}

void test_run::destroy() {
  ended_at_ = time_->now();
  guard_.reset();
  time_.reset();
  context_.reset();
  auto const left = allocations::in_use();
  if (options_.check_memory() && left > blocks_before_)
    throw test_failure("the test has ended and left behind\n" +
                       counted(left - blocks_before_, "block") +
                       " of memory; what is made on first use counts as well");
}

}  // namespace detail
}  // namespace curfew::testing
