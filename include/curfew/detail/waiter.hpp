#ifndef CURFEW_DETAIL_WAITER_HPP
#define CURFEW_DETAIL_WAITER_HPP

#include <cstddef>
#include <cstdint>
#include <curfew/detail/check.hpp>
#include <curfew/detail/list_hook.hpp>
#include <curfew/detail/request_target.hpp>
#include <curfew/export.hpp>

namespace curfew::detail {

/// Something of a queue, whose type only the queue knows.
struct queue_item : list_hook {
  using destroyer = void (*)(queue_item&) noexcept;

  explicit queue_item(destroyer d) noexcept : destroy(d) {}
  destroyer destroy;
};

/// Who waits in a list of an event, a pool of permits or a queue: lives in the waiting operation.
/// All fields are read and written under the lock of what it waits for, until it is `chosen`; then
/// by whoever has its target's reference.
struct waiter : list_hook {
  enum class state : std::uint8_t { idle, linked, chosen };

  request_target* target = nullptr;
  queue_item* item = nullptr;  ///< What it brings, or what it was given.
  std::size_t wants = 0;       ///< How many permits.
  visitors* host = nullptr;    ///< Into whose context the news is brought, from the choice on.
  state where = state::idle;
  bool refused = false;  ///< It was chosen because what it waits for cannot be any more.

  void link(list_hook& list) noexcept {
    list.push_back(*this);
    where = state::linked;
  }
  /// Returns whether it is certain not to be told, now or later.
  bool leave() noexcept {
    if (where == state::chosen) return false;
    if (where == state::linked) unlink();
    where = state::idle;
    return true;
  }
};

/// Those who were chosen under a lock and are told without it. From the choice on they are not
/// cancelled any more, so that nothing they were given is lost.
class CURFEW_EXPORT chosen {
 public:
  /// Under the lock.
  void add(waiter& who) noexcept;
  static waiter& first(list_hook& list) noexcept { return static_cast<waiter&>(*list.next); }
  void add_all(list_hook& list, bool refused) noexcept;

  /// Tells everybody. \throws std::bad_alloc Somebody could not be told and was destroyed, as
  /// whatever Asio finds no memory to run; the others were told.
  void tell();
  void tell_quietly() noexcept;

 private:
  list_hook list_;
};

/// Counts the references to what a primitive and those who wait for it share.
template <class State>
class counted {
 public:
  void add_ref() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete static_cast<State*>(this);
  }

 protected:
  counted() = default;
  ~counted() = default;

 private:
  std::atomic<std::uint32_t> references_{1};
};

/// Notices that something is destroyed while somebody waits for it. Costs nothing where NDEBUG is
/// defined; then whoever waits does so until he is cancelled.
template <class State>
void require_no_waiters([[maybe_unused]] State& state, [[maybe_unused]] char const* message) {
#ifndef NDEBUG
  if (state.has_waiters()) misused(message);
#endif
}

}  // namespace curfew::detail

#endif
