#include "model.hpp"

#include <algorithm>
#include <utility>

#include "simulation.hpp"

namespace model {

namespace {

bool ok(std::string const& how) { return how.starts_with("value") || how.starts_with("nothing"); }

bool is_direct(node const& n) { return n.kind == kind::sleep && n.direct; }

/// The nodes, each in the words of the contract.
class world : simulation {
 public:
  using simulation::simulation;

  history run(program const& given) {
    auto& main = strands_.emplace_back();
    asked_by_name_[root].push_back(&main.own);
    for (auto const& each : given.outside)
      if (each.at < 0 && (each.target != root || given.as_task)) ask(each.target);
    main.body = whole(main, given.body);
    main.body.resume();
    go_on(given);
    return std::move(said_);
  }

 private:
  // ---- nodes
  play whole(strand& self, node const& body) {
    auto how = co_await run(self, body);
    said_[root] = {now_, how};
    co_return how;
  }
  /// Rule 9: what is awaited while a request is pending fails at once.
  play run(strand& self, node const& n) {
    if (is_asked(self.top)) co_return "aborted";
    auto how = co_await perform(self, n);
    if (!is_direct(n)) said_[n.id] = {now_, how};
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
      std::string const how = is_asked_or_late(self.top, now_, perhaps(false)) ? "aborted" : late;
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
    if (own.expired ? is_asked_or_late(self.top, own.deadline, perhaps(false)) : is_asked(self.top))
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
      is_asked_or_late(self.top, now_, perhaps(false));
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
      if (each == &child) co_return co_await hop(self, "value of deadlock");
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
    crew own(self, n.kind);
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
    child.nearest =
        owner.rule == kind::gather || owner.rule == kind::race ? owner.at->nearest : &owner;
    child.number = owner.ends.size();
    owner.ends.emplace_back();
    ++owner.left;
    child.body = live(child, body, name);
    child.body.resume();
    // Until here nobody knows it.
    if (name && !child.done) asked_by_name_[name].push_back(&child.own);
    return &child;
  }
  play live(strand& self, node const& body, int name) {
    self.how = co_await run(self, body);
    self.done = true;
    auto& owner = *self.owner;
    owner.ends[self.number] = self.how;
    --owner.left;
    if (name) asked_by_name_.erase(name);
    // Whether those who wait for it hear of its end before those who are stopped by it is open.
    bool const joiners_first = perhaps(false);
    if (!joiners_first) judge(owner, self, &self.own);
    for (auto* each : self.joiners) wake(*each, "value");
    if (joiners_first) judge(owner, self, &self.own);
    if (owner.left == 0 && owner.at->deaf) wake(*owner.at, "value", owner.direct);
    co_return self.how;
  }
  /// Rules 24 and 26: what the end of one means for the others.
  void judge(crew& owner, strand& one, scope const* from) {
    bool const outside = is_asked(owner.around.around);
    // What a group that closes refuses comes of its closing too.
    bool const is_group = owner.rule == kind::fail_fast || owner.rule == kind::keep_going;
    bool const refused =
        one.how == "group_closed" && (is_group ? is_asked(&owner.around) : outside);
    // Nobody asked for it: somebody closed the socket.
    bool const stopped = refused || (one.how == "aborted" && is_asked(from));
    if (stopped && outside) owner.stopped = true;
    if (owner.rule == kind::race) {
      if (owner.winner >= 0 || (stopped && outside)) return;
      owner.winner = static_cast<int>(one.number);
      owner.around.asked = true;
    } else if (!stopped && !ok(one.how)) {
      owner.failed.push_back(&one);
      if (owner.rule != kind::keep_going || !one.owner) owner.around.asked = true;
    }
    tell();
  }
  play beside(strand& self, node const& n) {
    crew own(self, n.kind);
    own.direct = std::ranges::all_of(n.parts, is_direct);
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

  std::map<int, strand*> children_;
  history said_;
};

}  // namespace

history predict(program const& given, std::uint64_t order) { return world(order).run(given); }

}  // namespace model
