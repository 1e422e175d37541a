#include <curfew/detail/region_stack.hpp>

#include <algorithm>

namespace curfew::detail {

namespace asio = boost::asio;

std::atomic<bool> notes_operations{false};

region_stack::~region_stack() = default;

// What the coroutine itself does, and does on its executor.
exclusive::entered region_stack::enter_running() noexcept {
#ifndef NDEBUG
  if (is_elsewhere())
    misused(
        "a coroutine uses curfew while it is not on its own executor. After "
        "`co_await post(bind_executor(other, ...))` it runs on the other's thread: use "
        "`co_await post(other, deferred)`, or post back first.");
#endif
  return enter();
}

exclusive::entered region_stack::enter() noexcept { return exclusive::entered(exclusive_); }

void region_stack::attach(asio::cancellation_state state) {
  void* const key = key_of(state.slot());
  enter_stack(key, this);
  key_ = key;
  state_ = state;
  running_ = true;
}

void region_stack::detach() noexcept {
  if (!key_) return;
  erase_stack(std::exchange(key_, nullptr));
  state_ = {};
}

void region_stack::open(deadline_region& r, clock::time_point deadline, clock::time_point present) {
  auto const inside = enter_running();
  r.set_deadline(deadline);
  r.node.target = this;
  regions_.push(r);
  r.node.id = r.id();
  see_deadline(r);
  try {
    deadlines_->arm(r.node, deadline, present);
  } catch (...) {
    forget(r);
    throw;
  }
}

void region_stack::open_expired(deadline_region& r, clock::time_point deadline) {
  auto const inside = enter_running();
  r.set_deadline(deadline);
  r.node.target = this;
  regions_.push(r);
  r.node.id = r.id();
  see_deadline(r);
  try {
    post_delivery(r.node.id);
  } catch (...) {
    forget(r);
    throw;
  }
}

bool region_stack::open(listening_region& r, token_ref token) {
  auto const inside = enter_running();
  r.node.target = this;
  r.set_token(std::move(token));
  regions_.push(r);
  r.node.id = r.id();
  see_deadline(r);
  if (r.token()->add(r.node)) return true;
  regions_.remove(r);
  return false;
}

void region_stack::open(shielding_region& r, asio::cancellation_state state) {
  auto const inside = enter_running();
  r.node.target = this;
  regions_.push(r);
  r.node.id = r.id();
  see_deadline(r);
  if (!regions_.wants() && state.cancelled() != asio::cancellation_type::none) state.clear();
}

// Nobody brings news of it any more; what is on its way finds no region with its id.
void region_stack::quieten(region& r) noexcept {
  if (r.listens())
    r.token()->remove(static_cast<listening_region&>(r).node);
  else
    deadlines_->disarm(static_cast<deadline_region&>(r).node);
}

void region_stack::close(region& r, asio::cancellation_state state) {
  auto const inside = enter_running();
  bool const asked = r.asks();
  forget(r);
  if (!asked && !regions_.wants()) return;
  // What this region asked for ends with it; a request from further out stays, also where user
  // code cleared it in between. Nothing is in flight here, so emitting only latches.
  switch (regions_.reconcile(state.cancelled() != asio::cancellation_type::none)) {
    case region_list::action::emit: signal_.emit(asio::cancellation_type::all); break;
    case region_list::action::clear: state.clear(); break;
    case region_list::action::none: break;
  }
}

void region_stack::forget(region& r) noexcept {
  quieten(r);
  regions_.remove(r);
  seen_deadline_.store(r.deadline_around(), std::memory_order_relaxed);
}

namespace {

bool hides_deadlines(region const& r) noexcept {
  if (!r.shields()) return false;
  return r.what() != region::kind::shield ||
         !static_cast<shielding_region const&>(r).shows_deadlines;
}

clock::time_point deadline_inside(region const& r, clock::time_point around) noexcept {
  return hides_deadlines(r) ? r.deadline() : std::min(around, r.deadline());
}

}  // namespace

// What others may see of the deadlines, so that they need not look at the regions themselves.
void region_stack::see_deadline(region& r) noexcept {
  auto const around = seen_deadline();
  r.set_deadline_around(around);
  seen_deadline_.store(deadline_inside(r, around), std::memory_order_relaxed);
}

clock::time_point region_stack::see_deadlines(region* from) noexcept {
  if (!from) return regions_.base_deadline();
  auto const around = see_deadlines(from->outer());
  from->set_deadline_around(around);
  return deadline_inside(*from, around);
}

bool region_stack::reschedule(deadline_region& r, limit given) {
  bool expired = false;
  {
    auto const inside = enter();
    if (r.asks()) return false;
    auto const present = deadlines_->now();
    auto const deadline = given.from(present);
    r.set_deadline(deadline);
    deadlines_->move(r.node, deadline, present);
    if (&r == regions_.top())
      seen_deadline_.store(std::min(r.deadline_around(), deadline), std::memory_order_relaxed);
    else
      seen_deadline_.store(see_deadlines(regions_.top()), std::memory_order_relaxed);
    if (deadline <= present) expired = regions_.ask(r, cancellation_cause::deadline);
    if (regions_.listens()) tell_deadlines();
  }
  if (!expired) return true;
  auto const kept = stack_ref::share(this);
  if (deadlines_->observed()) observe_expiries(deadlines_->now());
  reconcile();
  return true;
}

bool region_stack::cancel(deadline_region& r, cancellation_reason reason) {
  {
    auto const inside = enter();
    if (!regions_.ask(r, std::move(reason))) return false;
  }
  reconcile();
  return true;
}

void region_stack::cancel_from_outside(cancellation_reason reason) {
  {
    auto const inside = enter();
    regions_.ask_outside(std::move(reason));
  }
  reconcile();
}

void region_stack::deliver(std::uint64_t id) {
  {
    auto const inside = enter();
    if (id == outside) {
      if (!hear_outside()) return;
    } else {
      auto* const found = regions_.find(id);
      if (!found || !ask_by_news_of(*found)) return;
    }
  }
  if (deadlines_->observed()) observe_expiries(deadlines_->now());
  reconcile();
}

// Returns whether somebody asks from here on who did not before, or is heard.
bool region_stack::ask_by_news_of(region& r) {
  if (r.asks()) return false;
  if (r.listens()) return regions_.ask(r, cancellation_cause::token);
  auto& late = static_cast<deadline_region&>(r);
  auto const present = deadlines_->now();
  if (late.deadline() > present) {  // extended while the news was on its way
    if (late.node.where.load(std::memory_order_relaxed) == deadline_node::state::fired) {
      late.node.where.store(deadline_node::state::idle, std::memory_order_relaxed);
      deadlines_->arm(late.node, late.deadline(), present);
    }
    return false;
  }
  if (r.what() == region::kind::shield) return regions_.set_shield(r, false);
  return regions_.ask(r, cancellation_cause::deadline);
}

bool region_stack::must_stop(clock::time_point present) {
  bool asked = false;
  {
    auto const inside = enter_running();
    asked = hear_outside();
    if (regions_.listens() || regions_.effective_deadline() <= present)
      asked |= regions_.ask_due(present);
  }
  if (asked && deadlines_->observed()) observe_expiries(present);
  if (asked) reconcile();
  return regions_.wants();
}

// No time is read where no deadline could have passed.
clock::time_point region_stack::present_if_needed() const noexcept {
  return seen_deadline() == clock::time_point::max() ? clock::time_point::min() : deadlines_->now();
}

bool region_stack::has_to_stop() const noexcept {
  bool to_the_end = false;
  bool const stop = regions_.asking_at(present_if_needed(), to_the_end) ||
                    (to_the_end && (regions_.asked_outside() || asked_from_outside()));
  if (stop && !regions_.wants()) seen_unheard_ = true;
  return stop;
}

void region_stack::hear_what_was_seen() {
  if (std::exchange(seen_unheard_, false)) must_stop(deadlines_->now());
}

cancellation_reason region_stack::why_to_stop() const {
  bool to_the_end = false;
  auto const present = present_if_needed();
  auto const* const asking = regions_.asking_at(present, to_the_end);
  if (to_the_end) {
    if (auto const* const heard = regions_.outside_reason()) return *heard;
    if (asked_from_outside()) return reason_from_outside();
  }
  return asking ? asking->reason_at(present) : cancellation_cause::none;
}

clock::time_point region_stack::has_to_end_by(region const* from) const noexcept {
  if (!running_) return clock::time_point::max();
  bool to_the_end = false;
  bool by_name = regions_.asked_by_name(from, to_the_end);
  if (to_the_end) by_name = regions_.asked_outside() || asked_from_outside();
  return by_name ? clock::time_point::min() : regions_.effective_deadline(from);
}

bool region_stack::was_asked() const noexcept {
  return asked_from_outside() || regions_.asked_anywhere(deadlines_->now());
}

void observe_expiry(deadline_service& deadlines, region_stack* stack, clock::time_point deadline) {
  auto const told = deadlines.observers().get();
  if (!told) return;
  auto const kept = stack_ref::share(stack);
  told->on_expiry(stack ? stack->about() : task_event(), {}, deadline,
                  std::max(time_between(deadline, deadlines.now()), clock::duration::zero()));
}

// Whoever is told may end the operation in flight, and with it regions: each time from the top.
void region_stack::observe_expiries(clock::time_point present) {
  auto const told = deadlines_->observers().get();
  if (!told) return;
  auto const kept = stack_ref::share(this);
  for (region* at = regions_.top(); at;) {
    if (at->cause() != cancellation_cause::deadline || at->set_observed()) {
      at = at->outer();
      continue;
    }
    auto const where = at->where();
    auto const deadline = at->deadline();
    told->on_expiry(about(), where, deadline,
                    std::max(time_between(deadline, present), clock::duration::zero()));
    at = regions_.top();
  }
}

bool region_stack::asked_around(region const& r) {
  bool const late = r.cause() == cancellation_cause::deadline;
  auto const by = late ? r.deadline() : clock::time_point::min();
  bool asked = hear_outside();
  if (regions_.listens() || regions_.effective_deadline(r.outer()) <= by)
    asked |= regions_.ask_due(by);
  if (asked) {
    if (deadlines_->observed()) observe_expiries(deadlines_->now());
    start_graces();
    tell_tokens();
  }
  return regions_.asked_around(r);
}

// Somebody asks who did not before. Also where another request is pending already: user code may
// have taken it, or have started an operation in spite of it (`throw_if_cancelled(false)`), which
// has not heard of any. Emitting may end the operation in flight, and with it the coroutine and
// this stack; so may those who hear of it by a token.
void region_stack::reconcile() {
  if (!running_) return;
  auto const self = stack_ref::share(this);
  start_graces();
  std::exception_ptr failure;
  try {
    tell_tokens();
  } catch (...) {  // no memory for them
    failure = std::current_exception();
  }
  if (running_ && regions_.wants()) signal_.emit(asio::cancellation_type::all);
  if (failure) std::rethrow_exception(failure);
}

// Shields that hold a request back from now on. One that comes down may let it through to others.
void region_stack::start_graces() {
  bool shielded = false;
  for (bool again = true; again;) {
    again = false;
    for (region* at = regions_.top(); at; at = at->outer()) {
      if (at->what() != region::kind::shield) continue;
      shielded = true;
      if (at->shields() && regions_.asked_behind(*at))
        again |= start_grace(static_cast<shielding_region&>(*at));
    }
  }
  if (shielded) seen_deadline_.store(see_deadlines(regions_.top()), std::memory_order_relaxed);
}

// Returns whether the shield came down at once. It does as well where its time cannot be taken for
// want of memory: it was promised not to hold back for longer.
bool region_stack::start_grace(shielding_region& r) {
  if (r.grace.is_never() || r.deadline() != clock::time_point::max()) return false;
  auto const present = deadlines_->now();
  auto const deadline = r.grace.from(present);
  if (deadline > present) {
    try {
      deadlines_->arm(r.node, deadline, present);
      r.set_deadline(deadline);
      return false;
    } catch (std::bad_alloc const&) {
    }
  }
  return regions_.set_shield(r, false);
}

void region_stack::tell_tokens() {
  for (region* at = regions_.top(); at;) {
    if (at->what() != region::kind::token && at->token() && !at->token()->cancelled() &&
        regions_.asked_inside(*at)) {
      auto const token = at->token();
      token->cancel(regions_.reason(at));
      at = regions_.top();  // whoever heard of it may have changed anything
    } else {
      at = at->outer();
    }
  }
}

void region_stack::tell_deadlines() noexcept {
  for (region* at = regions_.top(); at; at = at->outer())
    if (at->what() == region::kind::group)
      static_cast<telling_region&>(*at).told_deadline->store(regions_.effective_deadline(at),
                                                             std::memory_order_relaxed);
}

token_ref region_stack::token_of(region& r) {
  if (!r.token()) {
    auto made = token_state::make();
    if (regions_.asked_inside(r)) made->cancel(regions_.reason(&r));
    r.set_token(std::move(made));
  }
  return r.token();
}

}  // namespace curfew::detail
