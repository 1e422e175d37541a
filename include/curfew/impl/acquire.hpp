#ifndef CURFEW_IMPL_ACQUIRE_HPP
#define CURFEW_IMPL_ACQUIRE_HPP

#include <cstddef>
#include <curfew/detail/permit_pool.hpp>
#include <curfew/error.hpp>
#include <curfew/impl/queued_wait.hpp>
#include <tuple>
#include <utility>

namespace curfew::detail {

/// The way from the permits of a pool to what holds them for the user.
struct permit_access {
  template <class Holder>
  static Holder make(held_permits held) noexcept {
    return Holder(std::move(held));
  }
};

/// The operation that gives a `Holder` of permits.
template <class Holder>
class acquire_operation {
 public:
  static constexpr char const* waits_for = Holder::waits_for;

  acquire_operation() = default;
  acquire_operation(pool_ref pool, std::size_t permits) noexcept
      : pool_(std::move(pool)), permits_(permits) {}

  bool begin(waiter* who) noexcept {
    if (permits_ > pool_->total()) {
      error_ = errc::invalid_state;
      return true;
    }
    if (!pool_->acquire(permits_, who)) return false;
    held_ = held_permits(pool_, permits_);
    return true;
  }
  bool remove(waiter& who) noexcept { return !pool_ || pool_->remove(who); }
  void chosen(waiter&) noexcept { held_ = held_permits(pool_, permits_); }
  std::tuple<error_code, Holder> results(error_code error) noexcept {
    return {error ? error : error_, permit_access::make<Holder>(std::move(held_))};
  }

 private:
  pool_ref pool_;
  std::size_t permits_ = 0;
  held_permits held_;
  error_code error_;
};

template <class Holder, class Given>
auto acquire(Given const& where, pool_ref pool, std::size_t permits) {
  return queued_wait<void(error_code, Holder)>(where,
                                               acquire_operation<Holder>(std::move(pool), permits));
}

/// At once or not at all; empty if not.
template <class Holder>
Holder try_acquire(pool_ref const& pool, std::size_t permits) noexcept {
  if (permits > pool->total() || !pool->acquire(permits, nullptr)) return Holder();
  return permit_access::make<Holder>(held_permits(pool, permits));
}

}  // namespace curfew::detail

#endif
