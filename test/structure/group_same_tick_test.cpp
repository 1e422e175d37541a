#include "../operations/manual_op.hpp"
#include "owners.hpp"

#include <algorithm>
#include <array>

// What happens to a group in one tick: every subset of it, in every order, against a model of the
// rules; all at once, so that the news of each is on its way when the next happens, or one by one.

BOOST_AUTO_TEST_SUITE(group_same_tick)

namespace {

enum class event { first_fails, second_fails, body_ends, outside, deadline, by_name };
constexpr int event_count = 6;
/// All in one handler; each when what the last made ready has run; or all before the executor runs
/// anything, as from another thread.
enum class pace { all_at_once, one_by_one, from_elsewhere };
/// What the body gives, and how it and the children answer a request.
struct manner {
  bool has_result;
  bool child_left;  ///< A third child runs on after all that.
};

std::string describe(std::vector<event> const& order, pace how, manner in) {
  static char const* const names[] = {" first",   " second",   " body",
                                      " outside", " deadline", " by-name"};
  static char const* const paces[] = {"all at once:", "one by one:", "from elsewhere:"};
  std::string words = paces[static_cast<int>(how)];
  for (auto each : order) words += names[static_cast<int>(each)];
  return words + (in.has_result ? ", with a result" : "") + (in.child_left ? ", child left" : "");
}

/// The rules, from the contract alone.
class model {
 public:
  model(pace how, manner in) : how_(how), in_(in) {}

  void happens(event e) {
    if (over()) return;
    switch (e) {
      case event::first_fails:
      case event::second_fails: {
        auto const which = e == event::first_fails ? 0 : 1;
        if (!running_[which]) return;
        running_[which] = false;
        failures_.push_back(which == 0 ? "first" : "second");
        // The others hear of it when the child has gone on, not before.
        if (how_ == pace::one_by_one) stop();
        break;
      }
      case event::body_ends:
        if (body_runs_) returned_ = true;
        body_runs_ = false;
        break;
      case event::outside: outside_ = true; break;
      case event::deadline: deadline_ = true; break;
      case event::by_name: by_name_ = true; break;
    }
    // What is asked from elsewhere is heard when all this has happened.
    if (how_ != pace::from_elsewhere && (outside_ || deadline_ || by_name_)) stop();
  }
  /// What the caller of the scope around the group is given, when nothing else happens.
  std::string said() {
    if (ends()) stop();
    if (failures_.size() == 1) return failures_[0];
    if (failures_.size() == 2) return '[' + failures_[0] + ' ' + failures_[1] + ']';
    bool const stopped = !returned_;
    if ((outside_ || deadline_) && (stopped || cut_short_))
      return outside_ ? "aborted" : "timed_out";
    if (stopped && in_.has_result) return "aborted";  // the group's own affair
    return in_.has_result ? "7" : "value";
  }
  /// Whether it ends by itself.
  bool ends() const {
    return !failures_.empty() || outside_ || deadline_ || by_name_ ||
           (!body_runs_ && !running_[0] && !running_[1] && !in_.child_left);
  }

 private:
  bool over() const {
    return how_ == pace::one_by_one && !body_runs_ && !running_[0] && !running_[1] && ends();
  }
  void stop() {
    cut_short_ |= running_[0] || running_[1] || in_.child_left;
    running_[0] = running_[1] = body_runs_ = false;
  }

  pace how_;
  manner in_;
  bool running_[2] = {true, true};
  bool body_runs_ = true, returned_ = false, cut_short_ = false;
  bool outside_ = false, deadline_ = false, by_name_ = false;
  std::vector<std::string> failures_;
};

/// The library.
class world : public owner {
 public:
  world(bool is_a_task, manner in) : owner(is_a_task), in_(in) {
    for (auto& each : ops_) each.on_cancel = [&each] { each.post(asio::error::operation_aborted); };
  }

  void open() {
    start([this] { return around(); });
    settle();
    BOOST_REQUIRE(scope_ != nullptr);
  }
  void happens(event e) {
    switch (e) {
      case event::first_fails: ops_[0].post(error_code()); break;
      case event::second_fails: ops_[1].post(error_code()); break;
      case event::body_ends: ops_[2].post(error_code()); break;
      case event::outside: ask(); break;
      case event::deadline:
        if (scope_) (void)scope_->reschedule_after(0s);
        break;
      case event::by_name:
        if (group_) group_->cancel();
        break;
    }
  }
  std::string const& said() const { return said_; }

 private:
  awaitable<> fails(std::size_t which, std::string what) {
    co_await ops_[which]();
    throw failure(what);
  }
  void spawn_all(curfew::task_group& group) {
    group_ = &group;
    group.spawn(fails(0, "first"));
    group.spawn(fails(1, "second"));
    if (in_.child_left) group.spawn(until_asked(asked_));
  }
  awaitable<> run_body(curfew::task_group& group) {
    spawn_all(group);
    co_await ops_[2]();
  }
  awaitable<int> run_body_with_result(curfew::task_group& group) {
    spawn_all(group);
    co_await ops_[2]();
    co_return 7;
  }
  awaitable<> around() {
    auto const inside = [this](curfew::timeout_scope& scope) -> awaitable<> {
      scope_ = &scope;
      std::exception_ptr error;
      try {
        if (in_.has_result)
          said_ = std::to_string(co_await curfew::with_task_group(
              [this](curfew::task_group& g) { return run_body_with_result(g); }));
        else
          co_await curfew::with_task_group([this](curfew::task_group& g) { return run_body(g); });
      } catch (...) {
        error = std::current_exception();
      }
      group_ = nullptr;
      scope_ = nullptr;
      if (error) std::rethrow_exception(error);
    };
    std::exception_ptr error;
    try {
      co_await curfew::timeout(1h, inside);
    } catch (...) {
      error = std::current_exception();
    }
    if (said_.empty() || error) said_ = words_of(error);
  }

  manner in_;
  std::array<manual_op<error_code>, 3> ops_;
  curfew::timeout_scope* scope_ = nullptr;
  curfew::task_group* group_ = nullptr;
  std::string said_;
  int asked_ = 0;
};

void check(std::vector<event> const& order, pace how, manner in, bool is_a_task) {
  BOOST_TEST_CONTEXT(describe(order, how, in) << (is_a_task ? ", in a task" : ", in plain Asio")) {
    model expected(how, in);
    world real(is_a_task, in);
    real.open();
    auto const all = [&] {
      for (auto each : order) real.happens(each);
    };
    switch (how) {
      case pace::all_at_once: asio::post(real.context, all); break;
      case pace::from_elsewhere: all(); break;
      case pace::one_by_one:
        for (auto each : order) {
          asio::post(real.context, [&] { real.happens(each); });
          real.settle();
        }
    }
    real.settle();
    for (auto each : order) expected.happens(each);
    if (!expected.ends()) {
      BOOST_TEST(!real.ended);
      expected.happens(event::outside);
      asio::post(real.context, [&] { real.happens(event::outside); });
    }
    real.finish();
    BOOST_TEST(real.said() == expected.said());
  }
}

/// Every subset in every order.
int check_all(pace how, bool is_a_task) {
  int orders = 0;
  for (unsigned subset = 0; subset < 1U << event_count; ++subset) {
    std::vector<event> order;
    for (int i = 0; i < event_count; ++i)
      if ((subset & 1U << i) != 0) order.push_back(static_cast<event>(i));
    // A scope's limit is moved on its own executor only.
    if (how == pace::from_elsewhere && std::count(order.begin(), order.end(), event::deadline))
      continue;
    do {
      for (bool const has_result : {false, true})
        for (bool const child_left : {false, true})
          check(order, how, {has_result, child_left}, is_a_task);
      ++orders;
    } while (std::next_permutation(order.begin(), order.end()));
  }
  return orders;
}

}  // namespace

BOOST_AUTO_TEST_CASE(all_at_once_the_rules_decide_in_whatever_order_it_happens) {
  for (bool const is_a_task : {false, true})
    BOOST_TEST(check_all(pace::all_at_once, is_a_task) == 1957);
}

BOOST_AUTO_TEST_CASE(one_by_one_what_comes_first_decides) {
  for (bool const is_a_task : {false, true})
    BOOST_TEST(check_all(pace::one_by_one, is_a_task) == 1957);
}

BOOST_AUTO_TEST_CASE(what_is_asked_from_elsewhere_does_not_undo_what_has_ended) {
  // Only a task may be asked from elsewhere.
  BOOST_TEST(check_all(pace::from_elsewhere, true) == 326);
}

BOOST_AUTO_TEST_SUITE_END()
