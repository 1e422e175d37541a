#include "model.hpp"

#include <algorithm>
#include <deque>
#include <random>

#include "play.hpp"

namespace model {

namespace {

bool ok(std::string const& how) { return how.starts_with("value") || how.starts_with("nothing"); }

bool is_direct(node const& n) { return n.kind == kind::sleep && n.direct; }

using timer = std::pair<int, int>;  ///< When, and as which of all that were armed.
constexpr int endless = 1'000'000;

/// A region of a coroutine; what it lies in comes after it.
struct scope {
  scope* around = nullptr;
  bool asked = false, expired = false;
  int deadline = endless;  ///< Of a shield, when it lets through what it holds back.
  bool shield = false;
  bool is_task = false;  ///< Around a child as a whole.
  int grace = never;
  timer armed{};
};

/// Rule 9, 16 and 19: some region around asks, and no shield lies between.
bool is_asked(scope const* from) {
  for (; from; from = from->around) {
    if (from->asked) return true;
    if (from->shield) return false;
  }
  return false;
}

/// A deadline has come.
void pass(scope& late) {
  if (late.shield)
    late.shield = false;
  else if (!std::exchange(late.asked, true))
    late.expired = true;
}

struct crew;

/// A coroutine that goes on by itself.
struct strand {
  scope own;
  scope* top = &own;
  model::crew* owner = nullptr;    ///< Of which it is a child.
  model::crew* nearest = nullptr;  ///< Where it spawns.
  std::size_t number = 0;
  play body;
  std::coroutine_handle<> waits;
  bool deaf = false;
  std::string how;  ///< Of its wait; then of all of it.
  bool done = false, looked_at = false;
  std::vector<strand*> joiners;
};

/// Waits until somebody wakes it, and says why it was woken. One that is deaf hears no requests.
struct pause {
  strand& self;
  bool deaf;
  bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<> frame) { self.waits = frame, self.deaf = deaf; }
  std::string await_resume() { return std::move(self.how); }
};

/// Coroutines that end together: the children of a group, of gather and of race.
struct crew {
  scope around;
  strand* at = nullptr;
  kind rule = kind::fail_fast;
  int left = 0;
  std::vector<strand*> failed;
  std::vector<std::string> ends;
  bool stopped = false;  ///< One of them, by what encloses it.
  int winner = -1;
};

class world {
 public:
  explicit world(std::uint64_t order) : order_(order), random_(order) {}

  prediction run(program const& given) {
    auto& main = strands_.emplace_back();
    asked_by_name_[root].push_back(&main.own);
    auto outside = given.outside.begin();
    for (; outside != given.outside.end() && outside->at < 0; ++outside)
      if (outside->target != root || given.as_task) ask(outside->target);
    main.body = whole(main, given.body);
    main.body.resume();
    for (drain();; drain()) {
      if (!timers_.empty() &&
          (outside == given.outside.end() || timers_.begin()->first.first <= outside->at))
        fire();
      else if (outside != given.outside.end())
        now_ = std::max(now_, outside->at), ask((outside++)->target);
      else
        break;
    }
    return std::move(said_);
  }

 private:
  /// Somebody goes on, or hears of a deadline.
  struct step {
    strand* who = nullptr;
    scope* late = nullptr;
    bool operator==(step const&) const = default;
  };

  // ---- time: earlier deadlines first, equal ones in the order in which they were armed (38)
  timer arm(int limit, step what) {
    timer const when(instant_of(limit), armed_++);
    if (limit <= 0)
      ready_.push_back(what);
    else if (limit < never)
      timers_.emplace(when, what);
    return when;
  }
  int instant_of(int limit) const { return limit >= never ? endless : now_ + std::max(limit, 0); }
  /// What an instant completes it completes before a request of that instant is heard (3).
  void fire() {
    now_ = timers_.begin()->first.first;
    while (!timers_.empty() && timers_.begin()->first.first == now_) {
      auto const what = timers_.extract(timers_.begin()).mapped();
      if (what.who)
        wake(*what.who, "value");
      else
        ready_.push_back(what);
    }
  }
  void drain() {
    while (!ready_.empty()) {
      auto const size = ready_.size();
      auto const which = static_cast<std::ptrdiff_t>(order_ == 0 ? 0 : random_() % size);
      auto const next = ready_[static_cast<std::size_t>(which)];
      ready_.erase(ready_.begin() + which);
      if (next.who)
        std::exchange(next.who->waits, nullptr).resume();
      else
        pass(*next.late), tell();
    }
  }
  void open(strand& self, scope& own, int limit) {
    own.around = self.top;
    own.deadline = instant_of(limit);
    own.armed = arm(limit, {.late = &own});
    if (own.shield && own.grace < never) graces_.push_back(&own);
    self.top = &own;
  }
  void close(strand& self, scope& own) {
    self.top = own.around;
    timers_.erase(own.armed);
    std::erase(ready_, step{.late = &own});
    std::erase(graces_, &own);
  }
  /// Where it waits, a coroutine sees what has passed by itself (14); what passed outside of a
  /// shield or of a task that it is in, perhaps.
  bool is_asked_or_late(scope* from, int until, bool in_all) {
    bool news = false;
    for (auto* each = from; each; each = each->around) {
      if (each->deadline <= until) pass(*each), news = true;
      if (!in_all && (each->shield || each->is_task)) break;
    }
    if (news) tell();
    return is_asked(from);
  }
  /// What the contract leaves open goes one way in the first order, either way in others.
  bool perhaps(bool first) { return order_ == 0 ? first : random_() % 2 == 0; }
  /// Lets others go on within the instant, or not.
  play hop(strand& self, std::string how) {
    if (!perhaps(true)) co_return how;
    self.how = std::move(how);
    ready_.push_back({.who = &self});
    co_return co_await pause{self, true};
  }

  // ---- requests
  void ask(int target) {
    if (target >= 1 && target <= tokens) token_asked_[target] = true;
    if (target == 2) ask(3);
    auto const found = asked_by_name_.find(target);
    if (found != asked_by_name_.end())
      for (auto* each : found->second) each->asked = true;
    tell();
  }
  /// Wakes whoever now hears a request, and lets the time of shields run.
  void tell() {
    for (auto* held : graces_) {
      if (!held->shield || held->deadline != endless || !is_asked(held->around)) continue;
      held->deadline = instant_of(held->grace);
      if (held->grace <= 0)
        pass(*held);
      else
        held->armed = arm(held->grace, {.late = held});
    }
    for (auto& each : strands_)
      if (each.waits && !each.deaf && is_asked(each.top)) wake(each, "aborted");
  }
  void wake(strand& one, std::string how) {
    if (!one.waits || std::ranges::count(ready_, step{.who = &one}) != 0) return;
    one.how = std::move(how);
    ready_.push_back({.who = &one});
  }

  // ---- nodes
  play whole(strand& self, node const& body) {
    auto how = co_await run(self, body);
    said_.nodes[root] = {now_, how};
    co_return how;
  }
  /// Rule 9: what is awaited while a request is pending fails at once.
  play run(strand& self, node const& n) {
    if (is_asked(self.top)) co_return "aborted";
    auto how = co_await perform(self, n);
    if (!is_direct(n)) said_.nodes[n.id] = {now_, how};
    co_return ok(how) ? "value" : how;
  }
  play perform(strand& self, node const& n) {
    switch (n.kind) {
      case kind::sleep: return sleep(self, n.time);
      case kind::checkpoint: return checkpoint(self);
      case kind::fail: return ends("error " + std::to_string(n.id));
      case kind::abort: return ends("aborted");
      case kind::request: return request(n.target);
      case kind::join: return join(self, n.target);
      case kind::sequence: return sequence(self, n);
      case kind::swallow: return swallow(self, n);
      case kind::timeout:
      case kind::move_on_after:
      case kind::wait_for: return limited(self, n);
      case kind::shield:
      case kind::grace:
        return shield(self, n.parts[0], n.kind == kind::grace ? n.time : never, never);
      case kind::finally:
      case kind::brief_finally: return finally(self, n);
      case kind::cancel_when: return cancel_when(self, n);
      case kind::fail_fast:
      case kind::keep_going: return group(self, n);
      case kind::spawn: return spawn(self, n);
      case kind::gather:
      case kind::race: return beside(self, n);
    }
    std::terminate();
  }
  play ends(std::string how) { co_return how; }
  play request(int target) {
    ask(target);
    co_return "value";
  }
  play checkpoint(strand& self) {
    co_return is_asked_or_late(self.top, now_, perhaps(false)) ? "aborted" : "value";
  }
  play sleep(strand& self, int time) {
    if (is_asked_or_late(self.top, now_, perhaps(false))) co_return co_await hop(self, "aborted");
    if (time <= 0) co_return co_await hop(self, "value");
    auto const armed = arm(time, {.who = &self});
    auto how = co_await pause{self, false};
    timers_.erase(armed);
    co_return how;
  }
  play sequence(strand& self, node const& n) {
    for (auto const& part : n.parts) {
      auto how = co_await run(self, part);
      if (!ok(how)) co_return how;
    }
    co_return "value";
  }
  play swallow(strand& self, node const& n) {
    auto how = co_await run(self, n.parts[0]);
    co_return "value of " + how;
  }
  /// Rules 3 to 8 and 15.
  play limited(strand& self, node const& n) {
    std::string const late = n.kind == kind::move_on_after ? "nothing" : "timed_out";
    if (n.kind == kind::wait_for && n.time <= 0) {
      std::string const how = is_asked_or_late(self.top, now_, true) ? "aborted" : late;
      if (!is_direct(n.parts[0])) co_return how;
      co_return co_await hop(self, how);
    }
    scope own;
    open(self, own, n.time);
    if (n.kind != kind::wait_for) asked_by_name_[n.id].push_back(&own);
    auto how = co_await run(self, n.parts[0]);
    asked_by_name_.erase(n.id);
    close(self, own);
    if (how != "aborted" || !own.asked) co_return how;
    if (own.expired ? is_asked_or_late(self.top, own.deadline, true) : is_asked(self.top))
      co_return how;
    co_return own.expired || n.kind == kind::move_on_after ? late : how;
  }
  /// Rule 16; with a limit of its own inside for the cleanup of rule 18.
  play shield(strand& self, node const& body, int grace, int limit) {
    scope held{.shield = true, .grace = grace}, own;
    open(self, held, never);
    open(self, own, limit);
    auto how = co_await run(self, body);
    close(self, own);
    bool const late = how == "aborted" && own.expired && !is_asked(&held);
    close(self, held);
    co_return late ? "timed_out" : how;
  }
  play finally(strand& self, node const& n) {
    auto how = co_await run(self, n.parts[0]);
    auto const cleanup =
        co_await shield(self, n.parts[1], never, n.kind == kind::brief_finally ? n.time : never);
    co_return ok(how) && !ok(cleanup) ? cleanup : how;
  }
  play cancel_when(strand& self, node const& n) {
    if (token_asked_[n.target]) {
      if (!is_direct(n.parts[0])) co_return "aborted";
      is_asked_or_late(self.top, now_, true);
      co_return co_await hop(self, "aborted");
    }
    scope own;
    open(self, own, never);
    asked_by_name_[n.target].push_back(&own);
    auto how = co_await run(self, n.parts[0]);
    std::erase(asked_by_name_[n.target], &own);
    close(self, own);
    co_return how;
  }

  // ---- tasks
  play join(strand& self, int target) {
    auto const found = children_.find(target);
    if (found == children_.end()) co_return "value";
    auto& child = *found->second;
    for (auto const* each = &self; each; each = each->owner ? each->owner->at : nullptr)
      if (each == &child) co_return "value of deadlock";
    if (!child.done) {
      child.joiners.push_back(&self);
      auto how = co_await pause{self, false};
      std::erase(child.joiners, &self);
      if (how == "aborted") co_return "value of aborted";
    }
    child.looked_at = true;
    co_return "value of " + (child.how == "aborted" ? "task_cancelled" : child.how);
  }
  play group(strand& self, node const& n) {
    crew own{.around = {.around = self.top}, .at = &self, .rule = n.kind};
    auto* const nearest = std::exchange(self.nearest, &own);
    self.top = &own.around;
    asked_by_name_[n.id].push_back(&own.around);
    strand body;
    body.how = co_await run(self, n.parts[0]);
    self.top = own.around.around;
    self.nearest = nearest;
    judge(own, body, &own.around);
    while (own.left > 0) co_await pause{self, true};
    asked_by_name_.erase(n.id);
    std::vector<std::string> failures;
    for (auto* each : own.failed)
      if (each == &body || n.kind == kind::fail_fast || !each->looked_at)
        failures.push_back(each->how);
    if (failures.size() == 1) co_return failures[0];
    if (!failures.empty()) {
      std::string all = "group(";
      for (auto const& each : failures) all += (&each == &failures[0] ? "" : ", ") + each;
      co_return all + ")";
    }
    co_return own.stopped ? "aborted" : "value";
  }
  play spawn(strand& self, node const& n) {
    if (!self.nearest) co_return "value";
    if (is_asked(&self.nearest->around)) co_return "group_closed";
    children_[n.id] = start(*self.nearest, n.parts[0], n.id);
    co_return "value";
  }
  strand* start(crew& owner, node const& body, int name) {
    auto& child = strands_.emplace_back();
    child.own.around = &owner.around;
    child.own.is_task = true;
    child.owner = &owner;
    child.nearest = owner.at->nearest;
    child.number = owner.ends.size();
    owner.ends.emplace_back();
    ++owner.left;
    if (name) asked_by_name_[name].push_back(&child.own);
    child.body = live(child, body, name);
    child.body.resume();
    return &child;
  }
  play live(strand& self, node const& body, int name) {
    self.how = co_await run(self, body);
    self.done = true;
    auto& owner = *self.owner;
    owner.ends[self.number] = self.how;
    --owner.left;
    if (name) asked_by_name_.erase(name);
    judge(owner, self, &self.own);
    for (auto* each : self.joiners) wake(*each, "value");
    if (owner.left == 0 && owner.at->deaf) wake(*owner.at, "value");
    co_return self.how;
  }
  /// Rules 24 and 26: what the end of one means for the others.
  void judge(crew& owner, strand& one, scope const* from) {
    bool const outside = is_asked(owner.around.around);
    if (one.how == "aborted" && outside) owner.stopped = true;
    if (owner.rule == kind::race) {
      if (owner.winner >= 0 || (one.how == "aborted" && outside)) return;
      owner.winner = static_cast<int>(one.number);
      owner.around.asked = true;
    } else if (one.how == "aborted") {
      if (!is_asked(from)) said_.ruled = false;
    } else if (!ok(one.how)) {
      owner.failed.push_back(&one);
      if (owner.rule != kind::keep_going || !one.owner) owner.around.asked = true;
    }
    tell();
  }
  play beside(strand& self, node const& n) {
    crew own{.around = {.around = self.top}, .at = &self, .rule = n.kind};
    for (auto const& part : n.parts) {
      if (is_asked(&own.around))
        own.ends.push_back("aborted"), own.stopped |= is_asked(self.top);
      else
        start(own, part, 0);
    }
    while (own.left > 0) co_await pause{self, true};
    if (n.kind == kind::gather)
      co_return !own.failed.empty() ? own.failed[0]->how : own.stopped ? "aborted" : "value";
    if (own.winner < 0) co_return "aborted";
    std::string all = "value " + std::to_string(own.winner) + ":";
    for (auto const& each : own.ends) all += " " + each;
    co_return all;
  }

  std::uint64_t order_;
  std::mt19937_64 random_;
  int now_ = 0, armed_ = 0;
  std::map<timer, step> timers_;
  std::deque<strand> strands_;
  std::vector<step> ready_;
  std::vector<scope*> graces_;
  std::map<int, std::vector<scope*>> asked_by_name_;
  std::map<int, strand*> children_;
  bool token_asked_[tokens + 1] = {};
  prediction said_;
};

}  // namespace

prediction predict(program const& given, std::uint64_t order) { return world(order).run(given); }

}  // namespace model
