#ifndef CURFEW_DETAIL_STACK_TABLE_HPP
#define CURFEW_DETAIL_STACK_TABLE_HPP

#include <bit>
#include <boost/asio/cancellation_signal.hpp>
#include <cstddef>
#include <curfew/export.hpp>
#include <type_traits>

namespace curfew::detail {

class region_stack;

// A slot is one pointer, and the slot of a coroutine's cancellation state is the same for the
// state's whole life: so it is the coroutine's name.
static_assert(sizeof(boost::asio::cancellation_slot) == sizeof(void*) &&
              std::is_trivially_copyable_v<boost::asio::cancellation_slot>);

/// What identifies a coroutine; null for one whose slot is not connected.
inline void* key_of(boost::asio::cancellation_slot slot) noexcept {
  return std::bit_cast<void*>(slot);
}

/// Which region stack belongs to which coroutine, for the whole process. A coroutine looks up only
/// its own key, on its own executor; looking up takes no lock.
/// \throws std::bad_alloc Nothing was entered.
CURFEW_EXPORT void enter_stack(void* key, region_stack* stack);
CURFEW_EXPORT void erase_stack(void* key) noexcept;
CURFEW_EXPORT region_stack* find_stack(void* key) noexcept;
/// How many are entered; and in which part of the table a key lies, for tests.
CURFEW_EXPORT std::size_t count_stacks() noexcept;
inline constexpr std::size_t stack_shards = 16;
CURFEW_EXPORT std::size_t stack_shard(void* key) noexcept;

}  // namespace curfew::detail

#endif
