#ifndef CURFEW_TEST_DELAYS_HPP
#define CURFEW_TEST_DELAYS_HPP

// Lets other threads come in between now and then, before and after each section under a lock, for
// races that are rare otherwise. Included by curfew's lock in the preset `delays`.

#define CURFEW_DETAIL_DELAY() curfew_test::delay()

#include <atomic>
#include <random>

namespace curfew_test {

// By counting: it sleeps for no time and yields to nobody, which costs milliseconds amid other
// programs.
inline void delay() {
  thread_local std::minstd_rand random(std::random_device{}());
  if (random() % 400 != 0) return;
  for (auto left = random() % 1'000'000; left != 0; --left)
    std::atomic_signal_fence(std::memory_order_seq_cst);
}

}  // namespace curfew_test

#endif
