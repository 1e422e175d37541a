#ifndef CURFEW_IMPL_QUEUE_HPP
#define CURFEW_IMPL_QUEUE_HPP

#include <boost/asio/awaitable.hpp>
#include <boost/asio/recycling_allocator.hpp>
#include <concepts>
#include <curfew/detail/completion.hpp>
#include <curfew/detail/queue_state.hpp>
#include <curfew/error.hpp>
#include <curfew/impl/queued_wait.hpp>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace curfew::detail {

/// Says at compile time why something cannot be in a queue.
template <class T>
constexpr void require_item() {
  static_assert(std::is_object_v<T> && std::same_as<T, std::remove_cv_t<T>> &&
                    std::is_move_constructible_v<T>,
                "curfew: what a queue holds is a movable object: not a reference, not const; put "
                "what cannot be moved into a std::unique_ptr");
}

/// A value on its way through a queue.
template <class T>
struct item_of : queue_item {
  explicit item_of(T&& given) : queue_item(&destroy_this), value(std::move(given)) {}
  static void destroy_this(queue_item& item) noexcept {
    auto* const self = static_cast<item_of*>(&item);
    std::destroy_at(self);
    boost::asio::recycling_allocator<item_of>().deallocate(self, 1);
  }
  T value;
};

/// Owns one; null when the queue has it.
template <class T>
class item_ptr {
 public:
  item_ptr() = default;
  explicit item_ptr(T&& value) {
    boost::asio::recycling_allocator<item_of<T>> memory;
    auto* const made = memory.allocate(1);
    try {
      item_ = std::construct_at(made, std::move(value));
    } catch (...) {
      memory.deallocate(made, 1);
      throw;
    }
  }
  item_ptr(item_ptr&& other) noexcept : item_(std::exchange(other.item_, nullptr)) {}
  item_ptr& operator=(item_ptr&& other) noexcept {
    reset(std::exchange(other.item_, nullptr));
    return *this;
  }
  ~item_ptr() { reset(nullptr); }

  void reset(queue_item* other) noexcept {
    if (auto* const old = std::exchange(item_, other)) old->destroy(*old);
  }
  void release() noexcept { item_ = nullptr; }
  explicit operator bool() const noexcept { return item_ != nullptr; }
  queue_item& operator*() const noexcept { return *item_; }
  T& value() const noexcept { return static_cast<item_of<T>*>(item_)->value; }

 private:
  queue_item* item_ = nullptr;
};

/// Pushes an item, which then belongs to the queue, or stays where it was.
template <class T>
queue_result give(queue_state& state, item_ptr<T>& item, waiter* who) {
  try {
    auto const result = state.push(*item, who);
    if (result == queue_result::done) item.release();
    return result;
  } catch (...) {  // it went with whoever could not be told
    item.release();
    throw;
  }
}

/// The operation of `queue::push`.
template <class T>
class push_operation {
 public:
  static constexpr char const* waits_for = "room in a queue";

  push_operation() = default;
  push_operation(queue_ref state, T&& value) : state_(std::move(state)), item_(std::move(value)) {}

  // Where it has to wait, this may have been chosen and be gone already, on another thread.
  bool begin(waiter* who) {
    switch (give(*state_, item_, who)) {
      case queue_result::not_now: return false;
      case queue_result::closed: error_ = errc::queue_closed; break;
      case queue_result::done: break;
    }
    return true;
  }
  bool remove(waiter& who) noexcept { return !state_ || state_->remove(who); }
  void chosen(waiter& who) noexcept {
    if (who.refused)
      error_ = errc::queue_closed;
    else
      item_.release();
  }
  std::tuple<error_code> results(error_code error) noexcept { return {error ? error : error_}; }

 private:
  queue_ref state_;
  item_ptr<T> item_;
  error_code error_;
};

/// The operation of `queue::pop`; gives a `T` or an optional one.
template <class T, class Result>
class pop_operation {
 public:
  static constexpr char const* waits_for = "queue";

  pop_operation() = default;
  explicit pop_operation(queue_ref state) noexcept : state_(std::move(state)) {}

  bool begin(waiter* who) noexcept {
    queue_item* item = nullptr;
    switch (state_->pop(item, who)) {
      case queue_result::not_now: return false;
      case queue_result::closed: error_ = errc::queue_closed; return true;
      case queue_result::done: break;
    }
    item_.reset(item);
    return true;
  }
  bool remove(waiter& who) noexcept { return !state_ || state_->remove(who); }
  void chosen(waiter& who) noexcept {
    if (who.refused) error_ = errc::queue_closed;
    item_.reset(std::exchange(who.item, nullptr));
  }
  std::tuple<error_code, Result> results(error_code error) noexcept {
    auto const item = std::move(item_);
    if (!item) return {error ? error : error_, Result()};
    return {error_code(), Result(std::move(item.value()))};
  }

 private:
  queue_ref state_;
  item_ptr<T> item_;
  error_code error_;
};

template <class T, class Given>
auto push_to(Given const& where, queue_ref state, T value) {
  return queued_wait<void(error_code)>(where,
                                       push_operation<T>(std::move(state), std::move(value)));
}

template <class T, class Result, class Given>
auto pop_from(Given const& where, queue_ref state) {
  return queued_wait<void(error_code, Result)>(where, pop_operation<T, Result>(std::move(state)));
}

template <class T, class Executor>
boost::asio::awaitable<std::optional<T>, Executor> next_in_queue(queue_ref state) {
  auto popped = co_await as_results(pop_from<T, std::optional<T>>(no_executor(), std::move(state)));
  if (std::get<0>(popped) != make_error_code(errc::queue_closed)) throw_if(std::get<0>(popped));
  co_return std::get<1>(std::move(popped));
}

template <class T, class Executor>
boost::asio::awaitable<T, Executor> pop_in_coroutine(queue_ref state) {
  auto item = co_await pop_from<T, std::optional<T>>(no_executor(), std::move(state));
  co_return std::move(*item);
}

template <class T>
std::optional<T> try_pop(queue_state& state) {
  queue_item* item = nullptr;
  if (state.pop(item, nullptr) != queue_result::done) return std::nullopt;
  item_ptr<T> taken;
  taken.reset(item);
  return std::optional<T>(std::move(taken.value()));
}

/// Moves from `value` only where the queue takes it.
template <class T>
bool try_push(queue_state& state, T& value) {
  if (state.can_push() != queue_result::done) return false;
  item_ptr<T> item(std::move(value));
  if (give<T>(state, item, nullptr) == queue_result::done) return true;
  // Somebody else was faster, on another thread.
  if constexpr (std::is_move_assignable_v<T>) {
    value = std::move(item.value());
  } else {
    std::destroy_at(&value);
    std::construct_at(&value, std::move(item.value()));
  }
  return false;
}

}  // namespace curfew::detail

#endif
