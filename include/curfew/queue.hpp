#ifndef CURFEW_QUEUE_HPP
#define CURFEW_QUEUE_HPP

#include <boost/asio/any_io_executor.hpp>
#include <concepts>
#include <cstddef>
#include <curfew/detail/handler_executor.hpp>
#include <curfew/detail/queue_state.hpp>
#include <curfew/impl/queue.hpp>
#include <optional>
#include <utility>

namespace curfew {

/// Items on their way from those who push to those who pop, in order, and no more at a time than it
/// has room for.
///
/// Who waits has his turn in the order of arrival, on both sides. Once closed, it takes no more
/// items; what is in it can be popped still. An item is given to one waiter, who is not cancelled
/// any more from then on, so that it is not lost.
///
/// \tparam T Anything movable, whose move does not throw (the program ends where one does).
/// \par Thread safety
/// Shared objects: safe, but for destroying it. No code of `T` runs under a lock.
/// \par Lifetime
/// It outlives whoever waits for it: debug builds stop where it does not. A context that is
/// destroyed takes what waits in it along: the item of who waited to push, and the item that was on
/// its way to who waited to pop.
/// \par Example
/// \snippet sync.cpp queue
/// \see `asio::experimental::channel` loses an item to `receive || timer`.
template <class T>
class queue {
 public:
  /// What is pushed and popped.
  using value_type = T;
  /// The capacity of a queue that always has room.
  static constexpr std::size_t unbounded = static_cast<std::size_t>(-1);

  /// With room for so many items. With room for none, each push waits for its pop.
  /// \throws std::bad_alloc
  explicit queue(std::size_t capacity = unbounded)
      : state_(detail::queue_ref::adopt(new detail::queue_state(capacity))) {
    detail::require_item<T>();
  }
  queue(queue const&) = delete;
  queue& operator=(queue const&) = delete;
  /// Destroys what is left in it.
  ~queue() {
    detail::require_no_waiters(
        *state_,
        "a queue is destroyed while somebody waits for it. Let it outlive its waiters, or close it "
        "and await them first.");
    state_->clear();
  }

  /// Waits until there is room: `co_await jobs.push(std::move(job));`.
  ///
  /// \par Completes when
  /// the queue or somebody who pops has the item; mostly without a trip through the loop when that
  /// is so at once.
  /// \par Completion signature
  /// A deferred operation of `void(error_code)`. After an error the item is destroyed.
  /// \par Cancellation
  /// Every type ends it at once, unless its item was taken before. In a coroutine that curfew runs
  /// it also ends at once when the coroutine is asked to stop and has not been told yet.
  /// \par Errors
  /// `operation_aborted` when it was cancelled; `errc::queue_closed` when the queue is closed, also
  /// while it waits. `std::bad_alloc`, thrown by the call, when there is no memory for the item.
  /// \par Lifetime
  /// A handler without an executor of its own needs one first, as in `push(executor, item)`.
  /// \par Example
  /// \snippet sync.cpp queue
  auto push(T value) { return detail::push_to(detail::no_executor(), state_, std::move(value)); }
  /// \overload
  template <detail::executor_or_context Where>
  auto push(Where&& where, T value) {
    return detail::push_to(detail::executor_from(where), state_, std::move(value));
  }

  /// Waits for an item: `auto job = co_await jobs.pop();`.
  ///
  /// \par Completes when
  /// there is one for it; mostly without a trip through the loop when that is so at once.
  /// \par Completion signature
  /// A deferred operation of `void(error_code, T)`, with a `T()` after an error. For a `T` without
  /// default constructor the same as `pop_on`.
  /// \par Cancellation
  /// Every type ends it at once, unless it was given an item before: then it completes with it. In
  /// a coroutine that curfew runs it also ends at once when the coroutine is asked to stop and has
  /// not been told yet.
  /// \par Errors
  /// `operation_aborted` when it was cancelled; `errc::queue_closed` when the queue is closed and
  /// nothing is left in it.
  /// \par Lifetime
  /// A handler without an executor of its own needs one first, as in `pop(executor)`.
  /// \par Example
  /// \snippet sync.cpp queue
  auto pop() {
    if constexpr (std::default_initializable<T>)
      return detail::pop_from<T, T>(detail::no_executor(), state_);
    else
      return pop_on();
  }
  /// \overload
  template <detail::executor_or_context Where>
    requires std::default_initializable<T>
  auto pop(Where&& where) {
    return detail::pop_from<T, T>(detail::executor_from(where), state_);
  }
  /// Waits for an item, as `pop`, in a coroutine of its own: for any `T` and type of executor.
  template <class Executor = boost::asio::any_io_executor>
  boost::asio::awaitable<T, Executor> pop_on() {
    return detail::pop_in_coroutine<T, Executor>(state_);
  }

  /// Waits for an item, or for the end: `while (auto item = co_await q.next()) use(*item);`.
  /// \returns `awaitable<std::optional<T>, Executor>`, empty when the queue is closed and nothing
  /// is left. As `pop` otherwise.
  template <class Executor = boost::asio::any_io_executor>
  boost::asio::awaitable<std::optional<T>, Executor> next() {
    return detail::next_in_queue<T, Executor>(state_);
  }

  /// Pushes if there is room or somebody waits to pop. If not, or when the queue is closed, returns
  /// false, and `value` is as it was.
  /// \throws std::bad_alloc
  bool try_push(T&& value) { return detail::try_push(*state_, value); }
  /// \overload
  bool try_push(T const& value)
    requires std::copy_constructible<T>
  {
    T copy(value);
    return detail::try_push(*state_, copy);
  }
  /// The first item, if there is one.
  std::optional<T> try_pop() { return detail::try_pop<T>(*state_); }

  /// Takes no more items: whoever waits to push or to pop ends with `errc::queue_closed`, and what
  /// is left can be popped. Again it does nothing.
  /// \throws std::bad_alloc It is closed, but for want of memory somebody is not told, ever.
  void close() { state_->close(); }
  /// Whether it was closed.
  bool closed() const noexcept { return state_->closed(); }
  /// How many items are in it, without those of who waits to push.
  std::size_t size() const noexcept { return state_->size(); }

 private:
  detail::queue_ref state_;
};

}  // namespace curfew

#endif
