#include <curfew/detail/token_state.hpp>

#include <mutex>
#include <thread>
#include <utility>

namespace curfew::detail {
namespace {

// How many requests are marking, of whatever state.
std::atomic<std::uint32_t> requests_marking{0};

}  // namespace

token_tie::~token_tie() = default;

token_ref token_state::make(std::span<token_ref const> parents) {
  auto made = token_ref::adopt(new token_state);
  if (parents.empty()) return made;
  if (parents.size() > 1) {
    made->more_parents_ = std::make_unique<link[]>(parents.size() - 1);
    made->count_more_ = parents.size() - 1;
  }
  made->join(made->first_parent_, parents[0]);
  for (std::size_t i = 0; i < made->count_more_; ++i)
    made->join(made->more_parents_[i], parents[i + 1]);
  return made;
}

// A parent's end needs no telling its children: they keep it.
void token_state::join(link& to, token_ref const& parent) {
  to.child = this;
  {
    std::lock_guard guard(parent->lock_);
    if (!parent->cancelled()) {
      parent->add_ref();
      to.parent = parent.get();
      parent->children_.push_back(to);
      return;
    }
  }
  // Whoever cancelled the parent did not see this one, which nothing is derived from yet.
  if (mark(parent->why_)) phase_.store(phase::marked, std::memory_order_release);
}

bool token_state::try_add_ref() noexcept {
  auto count = references_.load(std::memory_order_relaxed);
  while (count != 0)
    if (references_.compare_exchange_weak(count, count + 1, std::memory_order_relaxed)) return true;
  return false;
}

bool token_state::cancel(cancellation_reason reason) {
  if (cancelled()) {
    wait_until_marked();
    return false;
  }
  auto const why = std::make_shared<cancellation_reason const>(std::move(reason));
  requests_marking.fetch_add(1, std::memory_order_relaxed);
  if (!mark(why)) {
    requests_marking.fetch_sub(1, std::memory_order_release);
    wait_until_marked();
    return false;
  }
  bool others = false;  // whether some of it is being marked by other requests
  // Each that this request marked is in one list, with a reference: parents before children.
  add_ref();
  token_state* last = this;
  for (token_state* at = this; at; at = at->next_) {
    while (auto* const child = at->take_child()) {
      if (child->mark(why)) {
        last->next_ = child;
        last = child;
      } else {
        others = others || child->phase_.load(std::memory_order_acquire) == phase::marking;
        child->release();
      }
    }
  }
  requests_marking.fetch_sub(1, std::memory_order_release);
  // Those may have met yet others; when nobody marks, all of them have done.
  while (others && requests_marking.load(std::memory_order_acquire) != 0) std::this_thread::yield();
  for (token_state* at = this; at; at = at->next_)
    at->phase_.store(phase::marked, std::memory_order_release);
  std::exception_ptr failure;
  for (token_state* at = this; at;) {
    at->tell(failure);
    auto* const told = at;
    at = std::exchange(at->next_, nullptr);
    told->release();
  }
  if (failure) std::rethrow_exception(failure);
  return true;
}

bool token_state::mark(reason_ptr const& why) noexcept {
  std::lock_guard guard(lock_);
  if (cancelled()) return false;
  why_ = why;
  phase_.store(phase::marking, std::memory_order_release);
  return true;
}

// Short: whoever marks calls nobody and waits for nobody.
void token_state::wait_until_marked() const noexcept {
  while (phase_.load(std::memory_order_acquire) == phase::marking) std::this_thread::yield();
}

token_state* token_state::take_child() noexcept {
  std::lock_guard guard(lock_);
  while (!children_.empty()) {
    auto& next = static_cast<link&>(*children_.next);
    next.unlink();
    if (next.child->try_add_ref()) return next.child;
  }
  return nullptr;
}

void token_state::tell(std::exception_ptr& failure) noexcept {
  for (bool more = true; more;) {
    try {
      more = tell_next();
    } catch (...) {
      if (!failure) failure = std::current_exception();
    }
  }
  if (auto* const tie = outgoing()) tie->pass_on();
}

bool token_state::tell_next() {
  std::unique_lock guard(lock_);
  if (listeners_.empty()) return false;
  auto& node = static_cast<token_node&>(*listeners_.next);
  node.unlink();
  telling chosen(*node.target, node.id);
  node.where.store(token_node::state::fired, std::memory_order_release);
  guard.unlock();
  chosen.tell();
  return true;
}

bool token_state::add(token_node& node) noexcept {
  std::lock_guard guard(lock_);
  if (cancelled()) return false;
  listeners_.push_back(node);
  node.where.store(token_node::state::linked, std::memory_order_release);
  return true;
}

bool token_state::unlink(token_node& node) noexcept {
  std::lock_guard guard(lock_);
  if (node.where.load(std::memory_order_relaxed) != token_node::state::linked) return false;
  node.unlink();
  node.where.store(token_node::state::idle, std::memory_order_release);
  return true;
}

token_tie* token_state::outgoing() noexcept {
  std::lock_guard guard(lock_);
  return outgoing_.get();
}

token_tie& token_state::set_outgoing(std::unique_ptr<token_tie> tie) noexcept {
  std::lock_guard guard(lock_);
  if (!outgoing_) outgoing_.swap(tie);
  return *outgoing_;
}

void token_state::destroy(token_state* state) noexcept {
  // Those whose last child this was end as well: a chain of any length, without recursion.
  state->next_ = nullptr;
  while (state) {
    auto* rest = state->next_;
    auto const leave = [&rest](link& from) {
      auto* const parent = from.parent;
      if (!parent) return;
      {
        std::lock_guard guard(parent->lock_);
        from.unlink();
      }
      if (parent->references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
      parent->next_ = rest;
      rest = parent;
    };
    leave(state->first_parent_);
    for (std::size_t i = 0; i < state->count_more_; ++i) leave(state->more_parents_[i]);
    delete state;
    state = rest;
  }
}

std::size_t token_state::count_listeners() noexcept {
  std::lock_guard guard(lock_);
  std::size_t count = 0;
  for (auto* at = listeners_.next; at != &listeners_; at = at->next) ++count;
  return count;
}

std::size_t token_state::count_children() noexcept {
  std::lock_guard guard(lock_);
  std::size_t count = 0;
  for (auto* at = children_.next; at != &children_; at = at->next) ++count;
  return count;
}

}  // namespace curfew::detail
