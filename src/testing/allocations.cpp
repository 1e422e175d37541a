#include <atomic>
#include <curfew/testing/detail/allocations.hpp>

namespace curfew::testing::detail::allocations {
namespace {

std::atomic<bool> is_replaced{false};
std::atomic<std::size_t> blocks{0};
thread_local std::size_t count = 0, countdown = 0;
thread_local bool failed = false;

}  // namespace

void replaced() noexcept { is_replaced = true; }
bool are_replaced() noexcept { return is_replaced; }

bool allow() noexcept {
  ++count;
  if (countdown == 0 || --countdown != 0) return true;
  failed = true;
  return false;
}
void got() noexcept { blocks.fetch_add(1, std::memory_order_relaxed); }
void gave_back() noexcept { blocks.fetch_sub(1, std::memory_order_relaxed); }
std::size_t in_use() noexcept { return blocks.load(std::memory_order_relaxed); }
std::size_t asked() noexcept { return count; }

void fail(std::size_t n) noexcept {
  countdown = n;
  failed = false;
}
bool has_failed() noexcept { return failed; }

}  // namespace curfew::testing::detail::allocations
