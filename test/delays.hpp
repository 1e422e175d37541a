#ifndef CURFEW_TEST_DELAYS_HPP
#define CURFEW_TEST_DELAYS_HPP

// Lets other threads come in between now and then, before and after each section under a lock: what
// would take a busy machine and a year to happen, happens within minutes. Included by curfew's lock
// in the preset `delays`.

#define CURFEW_DETAIL_DELAY() curfew_test::delay()

#include <chrono>
#include <random>
#include <thread>

namespace curfew_test {

inline void delay() {
  thread_local std::minstd_rand random(std::random_device{}());
  // No yields: amid other programs each costs milliseconds.
  if (random() % 400 == 0) std::this_thread::sleep_for(std::chrono::microseconds(random() % 300));
}

}  // namespace curfew_test

#endif
