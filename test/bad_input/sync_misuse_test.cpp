#include "../child_process.hpp"
#include "../support.hpp"

// Only debug builds look, and only where a process can be forked can a test watch one die.
#if defined(__unix__) && !defined(NDEBUG)

namespace {

/// Whether something aborts, in a child process, with these words.
template <class F>
bool dies_saying(char const* words, F f) {
  auto const died = in_a_child(std::move(f));
  return died.aborted && died.says(words);
}

auto const ignore = [](auto&&...) {};

}  // namespace

BOOST_AUTO_TEST_SUITE(sync_misuse)

BOOST_AUTO_TEST_CASE(what_is_destroyed_while_somebody_waits_for_it_is_noticed) {
  BOOST_TEST(dies_saying("curfew: an event is destroyed while somebody waits", [] {
    asio::io_context context;
    curfew::event gate;
    gate.wait(context)(ignore);
  }));
  BOOST_TEST(dies_saying("curfew: a semaphore is destroyed while somebody waits", [] {
    asio::io_context context;
    curfew::permit held;  // outlives the semaphore
    curfew::semaphore slots(1);
    held = slots.try_acquire();
    slots.acquire(context)(ignore);
  }));
  BOOST_TEST(dies_saying("curfew: a mutex is destroyed while somebody waits", [] {
    asio::io_context context;
    curfew::mutex_guard held;
    curfew::mutex lock;
    held = lock.try_lock();
    lock.lock(context)(ignore);
  }));
  BOOST_TEST(dies_saying("curfew: a queue is destroyed while somebody waits", [] {
    asio::io_context context;
    curfew::queue<int> numbers;
    numbers.pop(context)(ignore);
  }));
  BOOST_TEST(dies_saying("close it and await them first", [] {
    asio::io_context context;
    curfew::queue<int> numbers(0);
    numbers.push(context, 1)(ignore);
  }));
}

BOOST_AUTO_TEST_CASE(a_context_that_is_destroyed_first_is_fine) {
  BOOST_TEST(!dies_saying("", [] {
    curfew::event gate;
    curfew::mutex lock;
    curfew::queue<int> numbers(0);
    auto const held = lock.try_lock();
    asio::io_context context;
    gate.wait(context)(ignore);
    lock.lock(context)(ignore);
    numbers.push(context, 1)(ignore);
  }));
}

BOOST_AUTO_TEST_SUITE_END()

#else

BOOST_AUTO_TEST_SUITE(sync_misuse)
BOOST_AUTO_TEST_CASE(release_builds_do_not_look) {}
BOOST_AUTO_TEST_SUITE_END()

#endif
