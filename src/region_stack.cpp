#include <curfew/detail/region_stack.hpp>

namespace curfew::detail {

namespace asio = boost::asio;

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
  try {
    deadlines_->arm(r.node, deadline, present);
  } catch (...) {
    regions_.remove(r);
    throw;
  }
}

void region_stack::open_expired(deadline_region& r, clock::time_point deadline) {
  auto const inside = enter_running();
  r.set_deadline(deadline);
  r.node.target = this;
  regions_.push(r);
  r.node.id = r.id();
  try {
    post_delivery(r.node.id);
  } catch (...) {
    regions_.remove(r);
    throw;
  }
}

void region_stack::close(deadline_region& r, asio::cancellation_state state) {
  auto const inside = enter_running();
  deadlines_->disarm(r.node);
  bool const asked = r.asks();
  regions_.remove(r);
  if (!asked && !regions_.wants()) return;
  // What this region asked for ends with it; a request from further out stays, also where user
  // code cleared it in between. Nothing is in flight here, so emitting only latches.
  switch (regions_.reconcile(state.cancelled() != asio::cancellation_type::none)) {
    case region_list::action::emit: signal_.emit(asio::cancellation_type::all); break;
    case region_list::action::clear: state.clear(); break;
    case region_list::action::none: break;
  }
}

void region_stack::forget(deadline_region& r) noexcept {
  deadlines_->disarm(r.node);
  regions_.remove(r);
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
    if (deadline <= present) expired = regions_.ask(r, cancellation_cause::deadline);
  }
  if (expired) reconcile();
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
    auto* const found = regions_.find(id);
    if (!found || found->asks()) return;
    auto& r = static_cast<deadline_region&>(*found);
    auto const present = deadlines_->now();
    if (r.deadline() > present) {  // extended while the news was on its way
      if (r.node.where.load(std::memory_order_relaxed) != deadline_node::state::fired) return;
      r.node.where.store(deadline_node::state::idle, std::memory_order_relaxed);
      deadlines_->arm(r.node, r.deadline(), present);
      return;
    }
    regions_.ask(r, cancellation_cause::deadline);
  }
  reconcile();
}

bool region_stack::must_stop(clock::time_point present) {
  bool expired = false;
  {
    auto const inside = enter_running();
    expired = regions_.effective_deadline() <= present && regions_.ask_expired(present);
  }
  if (expired) reconcile();
  return regions_.wants();
}

// Somebody asks who did not before. Also where another request is pending already: user code may
// have taken it, or have started an operation in spite of it (`throw_if_cancelled(false)`), which
// has not heard of any. Emitting may end the operation in flight, and with it the coroutine and
// this stack.
void region_stack::reconcile() {
  if (!running_ || !regions_.wants()) return;
  auto const self = stack_ref::share(this);
  signal_.emit(asio::cancellation_type::all);
}

bool region_stack::asked_around(deadline_region const& r) noexcept {
  if (r.cause() == cancellation_cause::deadline &&
      regions_.effective_deadline(r.outer()) <= r.deadline())
    regions_.ask_expired(r.deadline());
  return regions_.asked_around(r);
}

}  // namespace curfew::detail
