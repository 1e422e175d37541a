#include <curfew/detail/deadline_service.hpp>

#include <algorithm>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/wait_traits.hpp>
#include <curfew/detail/context_executor.hpp>
#include <curfew/observer.hpp>
#include <mutex>
#include <new>
#include <utility>

namespace curfew::detail {
namespace {

using state = deadline_node::state;

// Real time in ticks of 131 µs; virtual time in nanoseconds, so that it is exact.
constexpr unsigned real_shift = 17, virtual_shift = 0;
// About a millisecond of real ticks.
constexpr std::uint64_t idle_ticks = 8;

// Raised whenever a service dies, so that no thread goes on using what it remembers.
std::atomic<std::uint64_t> epoch{1};

struct remembered {
  boost::asio::execution_context* context = nullptr;
  deadline_service* service = nullptr;
  std::uint64_t epoch = 0;
};
thread_local remembered last_used;

}  // namespace

request_target::~request_target() = default;

boost::asio::execution_context::id deadline_service::id;

// Two, in turns: while there is no memory to set one, the other stays set.
struct deadline_service::timers {
  using timer =
      boost::asio::basic_waitable_timer<clock, boost::asio::wait_traits<clock>, context_executor>;

  explicit timers(context_executor const& where) : one(where), other(where) {}

  template <class Handler>
  void set(clock::time_point at, Handler handler) {
    auto& next = is_one_set ? other : one;
    next.expires_at(at);
    next.async_wait(handler);
    (is_one_set ? one : other).cancel();
    is_one_set = !is_one_set;
  }
  void cancel() {
    one.cancel();
    other.cancel();
  }

  timer one, other;
  bool is_one_set = false;
};

struct deadline_service::timer_handler {
  deadline_service* service;
  std::uint64_t set_for;
  void operator()(boost::system::error_code error) const {
    if (!error) service->on_timer(set_for);
  }
};

deadline_service::deadline_service(boost::asio::execution_context& context)
    : boost::asio::execution_context::service(context), shift_(real_shift) {
  timers_ = std::make_unique<timers>(context_executor(context));
  rebuild_wheel(real_shift, clock::now());
  visitors_ = new visitors;
}

deadline_service::~deadline_service() {
  epoch.fetch_add(1, std::memory_order_acq_rel);
  visitors_->leave();
}

deadline_service* deadline_service::try_of(boost::asio::execution_context& context) noexcept {
  try {
    return &of(context);
  } catch (std::bad_alloc const&) {
    return nullptr;
  }
}

deadline_service& deadline_service::of(boost::asio::execution_context& context) {
  auto& last = last_used;
  auto const present = epoch.load(std::memory_order_acquire);
  if (last.context == &context && last.epoch == present) return *last.service;
  auto& service = boost::asio::use_service<deadline_service>(context);
  last = {&context, &service, present};
  return service;
}

void deadline_service::arm(deadline_node& node, clock::time_point deadline,
                           clock::time_point present) {
  node.set_deadline(deadline);
  if (deadline == clock::time_point::max()) return;
  std::lock_guard guard(lock_);
  last_seen_ = tick_of(present);
  link(node, deadline);
}

void deadline_service::arm_forever(deadline_node& node) {
  node.set_deadline(clock::time_point::max());
  auto const present = now();
  std::lock_guard guard(lock_);
  last_seen_ = tick_of(present);
  link(node, clock::time_point::max());
}

void deadline_service::note_thread() noexcept {
  void const* const here = &last_used;
  if (!thread_) thread_ = here;
  several_threads_ |= thread_ != here;
}

void deadline_service::link(deadline_node& node, clock::time_point deadline) {
  note_thread();
  if (shut_down_) return;
  auto const tick = tick_of(deadline);
  if (!virtual_.load(std::memory_order_relaxed) && tick < set_for_) set_timer(tick);
  wheel_.insert(node, tick);
  node.where.store(state::linked, std::memory_order_release);
}

bool deadline_service::unlink(deadline_node& node) noexcept {
  std::lock_guard guard(lock_);
  if (node.where.load(std::memory_order_relaxed) != state::linked)
    return node.where.load(std::memory_order_relaxed) == state::idle;
  node.where.store(state::idle, std::memory_order_release);
  wheel_.remove(node);
  rest();
  return true;
}

// With nothing pending the timer must not keep the context alive, and to move it costs as much as
// to cancel it; what comes within the millisecond finds it set.
void deadline_service::rest() noexcept {
  if (shut_down_ || wheel_.size() != 0 || set_for_ == timing_wheel::none ||
      set_for_ <= last_seen_ + idle_ticks)
    return;
  try {
    set_timer(last_seen_ + idle_ticks);
  } catch (...) {  // without memory the context lives until the expiry that is set: late, not wrong
  }
}

void deadline_service::move(deadline_node& node, clock::time_point deadline,
                            clock::time_point present) {
  // An extension leaves the node where it is: when its old tick comes, the wheel sees the new
  // instant and puts it there. So moving an idle limit along with its traffic is one store.
  if (deadline >= node.deadline() && deadline != clock::time_point::max() &&
      node.where.load(std::memory_order_acquire) == state::linked &&
      !virtual_.load(std::memory_order_relaxed)) {
    node.set_deadline(deadline);
    return;
  }
  std::lock_guard guard(lock_);
  last_seen_ = tick_of(present);
  node.set_deadline(deadline);
  if (node.where.load(std::memory_order_relaxed) == state::fired) return;
  if (node.where.load(std::memory_order_relaxed) == state::linked) {
    wheel_.remove(node);
    node.where.store(state::idle, std::memory_order_relaxed);
  }
  if (deadline != clock::time_point::max())
    link(node, deadline);
  else
    rest();
}

void deadline_service::set_timer(std::uint64_t tick) {
  timers_->set(time_of(tick), timer_handler{this, tick});
  set_for_ = tick;
}

// Another one may have taken its place when it had expired already, which is set still; or virtual
// time has begun since.
void deadline_service::on_timer(std::uint64_t set_for) {
  {
    std::lock_guard guard(lock_);
    if (virtual_.load(std::memory_order_relaxed)) return;
    note_thread();
    if (set_for_ == set_for) set_for_ = timing_wheel::none;
  }
  try {
    fire_due(clock::now());
  } catch (...) {
    // Somebody could not be told, for want of memory: run() throws, but the others are told.
    try {
      set_timer_for_next();
    } catch (...) {  // the next arming sets it
    }
    throw;
  }
  set_timer_for_next();
}

void deadline_service::set_timer_for_next() {
  std::lock_guard guard(lock_);
  if (shut_down_ || virtual_.load(std::memory_order_relaxed)) return;
  auto const next = wheel_.next_tick();
  if (next < set_for_) set_timer(next);
}

// Those that are late together are told as one, by the latest.
void deadline_service::tell_late(clock::time_point deadline, clock::time_point present) noexcept {
  auto const late = present - deadline;
  if (late.count() < late_after_.load(std::memory_order_relaxed)) return;
  if (auto const told = observers_.get()) told->on_late_delivery(deadline, late);
}

// Who is told may go on at once, inside the telling, for as long as it likes: what is due next is
// then another thread's, if there is one. Else the timer is set when all are told, perhaps by them.
void deadline_service::keep_timer() noexcept {
  if (!several_threads_ || set_for_ != timing_wheel::none) return;
  if (virtual_.load(std::memory_order_relaxed)) return;
  auto const next = wheel_.next_tick();
  if (next == timing_wheel::none) return;
  try {
    set_timer(next);
  } catch (...) {  // it is set when all are told
  }
}

void deadline_service::fire_due(clock::time_point present) {
  auto earliest = clock::time_point::max();
  auto const until = static_cast<std::uint64_t>(present.time_since_epoch().count()) >> shift_;
  std::unique_lock guard(lock_);
  while (auto* node = wheel_.pop_due(until)) {
    auto const deadline = node->deadline();
    if (deadline > present) {  // extended since it was armed, and linked all the while
      wheel_.insert(*node, tick_of(deadline));
      continue;
    }
    earliest = std::min(earliest, deadline);
    auto* const target = node->target;
    auto const which = node->number();
    target->add_ref();
    node->where.store(state::fired, std::memory_order_release);
    keep_timer();
    guard.unlock();
    target->requested(which);
    guard.lock();
  }
  guard.unlock();
  if (earliest != clock::time_point::max() && observed()) tell_late(earliest, present);
}

void deadline_service::shutdown() {
  visitors_->wait();
  std::unique_lock guard(lock_);
  shut_down_ = true;
  while (auto* node = wheel_.pop_any()) {
    node->where.store(state::idle, std::memory_order_release);
    // Whoever wakes it on another thread may have done so altogether by then.
    auto target = target_ref<request_target>::share(node->target);
    guard.unlock();
    target->context_destroyed();
    target = {};  // may destroy the node, and others
    guard.lock();
  }
  guard.unlock();
  visitors_->close();  // from here on, what is destroyed hears of nothing
  timers_.reset();
}

void deadline_service::start_virtual_time(clock::time_point start,
                                          std::shared_ptr<std::atomic<int> const> holds) {
  std::lock_guard guard(lock_);
  holds_ = std::move(holds);
  virtual_now_.store(start.time_since_epoch().count(), std::memory_order_relaxed);
  virtual_.store(true, std::memory_order_relaxed);
  timers_->cancel();
  set_for_ = timing_wheel::none;
  rebuild_wheel(virtual_shift, start);
}

void deadline_service::stop_virtual_time() {
  std::lock_guard guard(lock_);
  if (shut_down_) return;
  virtual_.store(false, std::memory_order_relaxed);
  rebuild_wheel(real_shift, clock::now());
  if (auto const next = wheel_.next_tick(); next != timing_wheel::none) set_timer(next);
}

void deadline_service::rebuild_wheel(unsigned shift, clock::time_point now) {
  list_hook nodes;
  while (auto* node = wheel_.pop_any()) nodes.push_back(*node);
  shift_ = shift;
  auto const now_tick = static_cast<std::uint64_t>(now.time_since_epoch().count()) >> shift;
  wheel_.restart(now_tick);
  last_seen_ = now_tick;
  while (!nodes.empty()) {
    auto& node = static_cast<deadline_node&>(*nodes.next);
    node.unlink();
    wheel_.insert(node, tick_of(node.deadline()));
  }
}

clock::time_point deadline_service::next_deadline() noexcept {
  std::lock_guard guard(lock_);
  auto const tick = wheel_.earliest();
  return time_of(tick);
}

std::size_t deadline_service::pending() noexcept {
  std::lock_guard guard(lock_);
  return wheel_.size();
}

void deadline_service::advance_to(clock::time_point to) {
  virtual_now_.store(to.time_since_epoch().count(), std::memory_order_relaxed);
  fire_due(to);
}

// Rounded up: a deadline never fires early.
std::uint64_t deadline_service::tick_of(clock::time_point at) const noexcept {
  auto const count = std::max<clock::rep>(at.time_since_epoch().count(), 0);
  auto const round = (std::uint64_t{1} << shift_) - 1;
  return (static_cast<std::uint64_t>(count) + round) >> shift_;
}

clock::time_point deadline_service::time_of(std::uint64_t tick) const noexcept {
  auto const most = static_cast<std::uint64_t>(clock::duration::max().count());
  auto const count = tick > most >> shift_ ? most : tick << shift_;
  return clock::time_point(clock::duration(static_cast<clock::rep>(count)));
}

clock::time_point now_of(boost::asio::execution_context& context) {
  return deadline_service::of(context).now();
}

}  // namespace curfew::detail
