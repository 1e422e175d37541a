#include <curfew/detail/queue_state.hpp>
#include <mutex>
#include <utility>

namespace curfew::detail {

queue_result queue_state::push(queue_item& item, waiter* who) {
  chosen popper;
  {
    std::lock_guard guard(lock_);
    if (closed_) return queue_result::closed;
    if (!poppers_.empty()) {
      auto& first = chosen::first(poppers_);
      first.item = &item;
      popper.add(first);
    } else if (size_ < capacity_) {
      items_.push_back(item);
      ++size_;
    } else {
      if (who) {
        who->item = &item;
        who->link(pushers_);
      }
      return queue_result::not_now;
    }
  }
  popper.tell();
  return queue_result::done;
}

queue_result queue_state::pop(queue_item*& item, waiter* who) {
  chosen pusher;
  {
    std::lock_guard guard(lock_);
    if (!pushers_.empty()) {
      auto& first = chosen::first(pushers_);
      items_.push_back(*std::exchange(first.item, nullptr));
      ++size_;
      pusher.add(first);
    }
    if (items_.empty()) {
      if (closed_) return queue_result::closed;
      if (who) who->link(poppers_);
      return queue_result::not_now;
    }
    item = static_cast<queue_item*>(items_.next);
    item->unlink();
    --size_;
  }
  // The item is the caller's, whoever else could not be told.
  pusher.tell_quietly();
  return queue_result::done;
}

void queue_state::close() {
  chosen all;
  {
    std::lock_guard guard(lock_);
    closed_ = true;
    all.add_all(pushers_, true);
    all.add_all(poppers_, true);
  }
  all.tell();
}

queue_result queue_state::can_push() noexcept {
  std::lock_guard guard(lock_);
  if (closed_) return queue_result::closed;
  return size_ < capacity_ || !poppers_.empty() ? queue_result::done : queue_result::not_now;
}

bool queue_state::closed() noexcept {
  std::lock_guard guard(lock_);
  return closed_;
}

std::size_t queue_state::size() noexcept {
  std::lock_guard guard(lock_);
  return size_;
}

bool queue_state::remove(waiter& who) noexcept {
  std::lock_guard guard(lock_);
  return who.leave();
}

bool queue_state::has_waiters() noexcept {
  std::lock_guard guard(lock_);
  return !pushers_.empty() || !poppers_.empty();
}

void queue_state::clear() noexcept {
  list_hook all;
  {
    std::lock_guard guard(lock_);
    all.take(items_);
    size_ = 0;
  }
  while (!all.empty()) {
    auto& item = static_cast<queue_item&>(*all.next);
    item.unlink();
    item.destroy(item);
  }
}

}  // namespace curfew::detail
