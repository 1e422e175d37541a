#include "simulation.hpp"

#include <algorithm>

namespace model {

namespace {

/// A deadline has come.
void pass(scope& late) {
  if (late.shield)
    late.shield = false;
  else if (!std::exchange(late.asked, true))
    late.expired = true;
}

}  // namespace

bool is_asked(scope const* from) {
  for (; from; from = from->around) {
    if (from->asked) return true;
    if (from->shield) return false;
  }
  return false;
}

void simulation::go_on(program const& given) {
  auto outside = std::ranges::find_if(given.outside, [](auto const& each) { return each.at >= 0; });
  for (drain();; drain()) {
    bool const all = outside == given.outside.end();
    if (!timers_.empty() && (all || timers_.begin()->first.first <= outside->at)) {
      fire();
    } else if (!all) {
      now_ = std::max(now_, outside->at);
      ask((outside++)->target);
    } else {
      break;
    }
  }
}

timer simulation::arm(int limit, step what) {
  timer const when(instant_of(limit), armed_++);
  if (limit <= 0)
    ready_.push_back(what);
  else if (limit < never)
    timers_.emplace(when, what);
  return when;
}

int simulation::instant_of(int limit) const {
  return limit >= never ? endless : now_ + std::max(limit, 0);
}

// What an instant completes it completes before a request of that instant is heard (3).
void simulation::fire() {
  now_ = timers_.begin()->first.first;
  while (!timers_.empty() && timers_.begin()->first.first == now_) {
    auto const what = timers_.extract(timers_.begin()).mapped();
    if (what.who)
      wake(*what.who, "value");
    else
      ready_.push_back(what);
  }
}

void simulation::drain() {
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

void simulation::open(strand& self, scope& own, int limit) {
  own.around = self.top;
  own.deadline = instant_of(limit);
  own.armed = arm(limit, {.late = &own});
  if (own.shield && own.grace < never) graces_.push_back(&own);
  self.top = &own;
}

void simulation::close(strand& self, scope& own) {
  self.top = own.around;
  timers_.erase(own.armed);
  std::erase(ready_, step{.late = &own});
  std::erase(graces_, &own);
}

bool simulation::is_asked_or_late(scope* from, int until, bool in_all) {
  bool news = false;
  for (auto* each = from; each; each = each->around) {
    if (each->deadline <= until) pass(*each), news = true;
    if (!in_all && (each->shield || each->is_task)) break;
  }
  if (news) tell();
  return is_asked(from);
}

play simulation::hop(strand& self, std::string how) {
  if (!perhaps(true)) co_return how;
  self.how = std::move(how);
  ready_.push_back({.who = &self});
  co_return co_await pause{self, true};
}

void simulation::ask(int target) {
  if (target >= 1 && target <= tokens) token_asked_[target] = true;
  if (target == 2) ask(3);
  auto const found = asked_by_name_.find(target);
  if (found != asked_by_name_.end())
    for (auto* each : found->second) each->asked = true;
  tell();
}

void simulation::tell() {
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

void simulation::wake(strand& one, std::string how, bool at_once) {
  if (!one.waits || std::ranges::count(ready_, step{.who = &one}) != 0) return;
  one.how = std::move(how);
  ready_.insert(at_once ? ready_.begin() : ready_.end(), {.who = &one});
}

}  // namespace model
