#include <curfew/detail/waiter.hpp>
#include <exception>

namespace curfew::detail {

void chosen::add(waiter& who) noexcept {
  who.unlink();
  who.where = waiter::state::chosen;
  who.target->add_ref();
  // It lets everybody in: who waits in a context is gone before that closes.
  who.host = who.target->host();
  if (who.host) who.host->enter();
  list_.push_back(who);
}

void chosen::add_all(list_hook& list, bool refused) noexcept {
  while (!list.empty()) {
    auto& who = first(list);
    who.refused = refused;
    add(who);
  }
}

void chosen::tell() {
  std::exception_ptr failure;
  while (!list_.empty()) {
    auto& who = first(list_);
    auto* const host = who.host;
    who.unlink();
    try {
      who.target->requested(0);
    } catch (...) {
      if (!failure) failure = std::current_exception();
    }
    if (host) host->leave();
  }
  if (failure) std::rethrow_exception(failure);
}

void chosen::tell_quietly() noexcept {
  try {
    tell();
  } catch (...) {  // for want of memory: the waiter is gone, and what it was given goes back
  }
}

}  // namespace curfew::detail
