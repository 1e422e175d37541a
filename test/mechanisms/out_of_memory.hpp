#ifndef CURFEW_TEST_MECHANISMS_OUT_OF_MEMORY_HPP
#define CURFEW_TEST_MECHANISMS_OUT_OF_MEMORY_HPP

#include "../support.hpp"

#include <curfew/detail/deadline_service.hpp>
#include <curfew/testing/detail/allocations.hpp>
#include <curfew/testing/fail_every_allocation.hpp>
#include <functional>
#include <new>
#include <string>

namespace allocations = curfew::testing::detail::allocations;

/// What came of one run in which one allocation failed.
struct report {
  bool failed = false;   ///< An allocation did fail.
  bool escaped = false;  ///< An exception left the context's `run`.
  bool ended = false;    ///< The coroutine came to its end.
  bool usable = false;   ///< There its next limit fired as it should.
  std::exception_ptr error;
};

using step = std::function<awaitable<>()>;

inline awaitable<> fail_within(step const& s, std::size_t n, report& out) {
  allocations::fail(n);
  try {
    co_await s();
  } catch (...) {
    out.error = std::current_exception();
  }
  out.failed = allocations::has_failed();
  allocations::fail(0);
}

inline awaitable<> main_of(step const& s, std::size_t n, bool scoped, report& out) {
  auto body = [&]() -> awaitable<> { co_await fail_within(s, n, out); };
  if (scoped)
    co_await in_scope(body);
  else
    co_await body();
  try {
    co_await curfew::wait_for(curfew::sleep_for(1h), 1ms);
  } catch (system_error const& e) {
    out.usable = e.code() == curfew::errc::timed_out;
  }
  out.ended = true;
}

// Real time, because the queue's own timer allocates too. No strand: one of Asio's terminates the
// program when it finds no memory to run on.
inline report run_with_failure(step const& s, std::size_t n, bool scoped) {
  report out;
  asio::io_context context(1);
  asio::co_spawn(context, main_of(s, n, scoped, out), asio::detached);
  for (;;) {
    try {
      context.run_for(std::chrono::seconds(1));
      break;
    } catch (...) {
      out.failed = out.failed || allocations::has_failed();
      out.escaped = true;
      allocations::fail(0);
    }
  }
  allocations::fail(0);
  return out;
}

// A scope in a coroutine that curfew does not run needs one of Asio's `co_spawn`, which touches
// freed memory when `reset_cancellation_state` finds none: so only operations are tried there too.
enum class where { anywhere, in_scopes };

inline void survives_every_failure(step const& s, end expected, where tried = where::in_scopes) {
  for (bool const scoped : {false, true}) {
    if (!scoped && tried == where::in_scopes) continue;
    for (std::size_t n = 1;; ++n) {
      BOOST_REQUIRE(n < 200U);
      auto const got = run_with_failure(s, n, scoped);
      // Where Asio finds no memory to post a handler, run() throws and the handler is gone; that is
      // so for every operation of Asio, and nothing here can bring it back.
      if (got.escaped) continue;
      BOOST_TEST_CONTEXT("allocation " << n << ", scoped " << scoped) {
        BOOST_TEST(got.ended);
        BOOST_TEST(got.usable);
        // A failure that was coped with changes nothing; another is told to the caller.
        if (!got.failed || !got.error || !curfew::testing::is_out_of_memory(got.error))
          BOOST_TEST(end_of(got.error) == expected);
      }
      if (!got.failed) break;
    }
  }
}

#endif
