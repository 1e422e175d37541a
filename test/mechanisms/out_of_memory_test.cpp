#include "../support.hpp"
#include "counting_new.hpp"

#include <curfew/detail/deadline_service.hpp>
#include <functional>
#include <new>
#include <string>

namespace {

bool is_out_of_memory(std::exception_ptr const& error) {
  try {
    std::rethrow_exception(error);
  } catch (std::bad_alloc const&) {
    return true;
  } catch (system_error const& e) {
    return e.code() == boost::system::errc::not_enough_memory;
  } catch (...) {
    return false;
  }
}

/// What came of one run in which one allocation failed.
struct report {
  bool failed = false;   ///< An allocation did fail.
  bool escaped = false;  ///< An exception left the context's `run`.
  bool ended = false;    ///< The coroutine came to its end.
  bool usable = false;   ///< There its next limit fired as it should.
  std::exception_ptr error;
};

using step = std::function<awaitable<>()>;

awaitable<> fail_within(step const& s, std::size_t n, report& out) {
  fail_allocation(n);
  try {
    co_await s();
  } catch (...) {
    out.error = std::current_exception();
  }
  out.failed = allocation_failed();
  fail_allocation(0);
}

awaitable<> main_of(step const& s, std::size_t n, bool scoped, report& out) {
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
report run_with_failure(step const& s, std::size_t n, bool scoped) {
  report out;
  asio::io_context context(1);
  asio::co_spawn(context, main_of(s, n, scoped, out), asio::detached);
  for (;;) {
    try {
      context.run_for(std::chrono::seconds(1));
      break;
    } catch (...) {
      out.failed = out.failed || allocation_failed();
      out.escaped = true;
      fail_allocation(0);
    }
  }
  fail_allocation(0);
  return out;
}

// A scope in a coroutine that curfew does not run needs one of Asio's `co_spawn`, which touches
// freed memory when `reset_cancellation_state` finds none: so only operations are tried there too.
enum class where { anywhere, in_scopes };

void survives_every_failure(step const& s, end expected, where tried = where::in_scopes) {
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
        if (!got.failed || !got.error || !is_out_of_memory(got.error))
          BOOST_TEST(end_of(got.error) == expected);
      }
      if (!got.failed) break;
    }
  }
}

awaitable<> sleeps() { co_await curfew::sleep_for(1h); }
awaitable<> sleep_a_little() { co_await curfew::sleep_for(1us); }

}  // namespace

BOOST_AUTO_TEST_SUITE(out_of_memory)

BOOST_AUTO_TEST_CASE(a_limit_around_a_deferred_operation_survives) {
  survives_every_failure(
      []() -> awaitable<> { co_await curfew::wait_for(curfew::sleep_for(1h), 1ms); },
      end::timed_out, where::anywhere);
}

BOOST_AUTO_TEST_CASE(a_limit_around_an_operation_in_time_survives) {
  survives_every_failure(
      []() -> awaitable<> { co_await curfew::wait_for(curfew::sleep_for(1us), 1h); }, end::value,
      where::anywhere);
}

BOOST_AUTO_TEST_CASE(a_limit_around_an_awaitable_survives) {
  survives_every_failure([]() -> awaitable<> { co_await curfew::wait_for(sleeps(), 1ms); },
                         end::timed_out);
}

BOOST_AUTO_TEST_CASE(a_limit_that_has_passed_survives) {
  survives_every_failure(
      []() -> awaitable<> { co_await curfew::wait_for(curfew::sleep_for(1h), 0s); }, end::timed_out,
      where::anywhere);
}

BOOST_AUTO_TEST_CASE(a_scope_survives) {
  survives_every_failure([]() -> awaitable<> { co_await curfew::timeout(1ms, sleeps); },
                         end::timed_out);
}

BOOST_AUTO_TEST_CASE(a_scope_that_has_passed_survives) {
  survives_every_failure([]() -> awaitable<> { co_await curfew::timeout(0s, sleeps); },
                         end::timed_out);
}

BOOST_AUTO_TEST_CASE(a_quiet_scope_survives) {
  survives_every_failure(
      []() -> awaitable<> { BOOST_TEST(!co_await curfew::move_on_after(1ms, sleeps)); },
      end::value);
}

BOOST_AUTO_TEST_CASE(a_sleep_survives) {
  survives_every_failure([]() -> awaitable<> { co_await curfew::sleep_for(1ms); }, end::value,
                         where::anywhere);
  survives_every_failure([]() -> awaitable<> { co_await curfew::sleep_for(0s); }, end::value,
                         where::anywhere);
}

BOOST_AUTO_TEST_CASE(cancelling_a_scope_survives) {
  survives_every_failure(
      []() -> awaitable<> {
        auto body = [](curfew::timeout_scope& scope) -> awaitable<> {
          scope.cancel("enough");
          co_await curfew::sleep_for(1h);
        };
        BOOST_TEST(!co_await curfew::move_on_after(1h, body));
      },
      end::value);
}

BOOST_AUTO_TEST_CASE(a_copied_handle_survives) {
  survives_every_failure(
      []() -> awaitable<> {
        auto body = [](curfew::timeout_scope& scope) -> awaitable<> {
          curfew::timeout_scope copy = scope;
          BOOST_TEST(copy.reschedule_after(2h));
          co_await curfew::checkpoint();
        };
        co_await curfew::timeout(1h, body);
      },
      end::value);
}

BOOST_AUTO_TEST_CASE(a_token_around_an_operation_survives) {
  auto cancelled = []() -> awaitable<> {
    curfew::cancellation_source source;
    auto op = curfew::cancel_when(curfew::sleep_for(1h), source.token());
    auto stop = [&]() -> awaitable<> {
      source.cancel("enough");
      co_await curfew::checkpoint();
    };
    co_await stop();
    co_await std::move(op);
  };
  survives_every_failure(cancelled, end::aborted);
  auto in_time = []() -> awaitable<> {
    curfew::cancellation_source source;
    co_await curfew::cancel_when(curfew::sleep_for(1us), source.token());
    co_await curfew::cancel_when(sleep_a_little(), source.token());
  };
  survives_every_failure(in_time, end::value);
}

BOOST_AUTO_TEST_CASE(cancelling_a_token_survives) {
  survives_every_failure(
      []() -> awaitable<> {
        curfew::cancellation_source parent, child(parent.token());
        auto const stop = curfew::to_stop_token(child.token());
        bool called = false;
        auto const callback = child.token().on_cancel([&] { called = true; });
        parent.cancel("a text that is too long to be kept without an allocation of its own");
        BOOST_TEST(called);
        BOOST_TEST(stop.stop_requested());
        co_await curfew::wait_for(child.token().wait(), 1h);
      },
      end::value);
}

BOOST_AUTO_TEST_CASE(a_shield_survives) {
  auto shielded = []() -> awaitable<> {
    auto body = []() -> awaitable<> {
      co_await curfew::shield(curfew::sleep_for(2ms));
      co_await curfew::checkpoint();
    };
    co_await curfew::timeout(1ms, body);
  };
  survives_every_failure(shielded, end::timed_out);
  auto let_through = []() -> awaitable<> {
    auto body = []() -> awaitable<> { co_await curfew::shield(sleeps(), curfew::grace(1ms)); };
    co_await curfew::timeout(1ms, body);
  };
  survives_every_failure(let_through, end::timed_out);
}

// The cleanup may find no memory for its own frame; then its failure is told.
BOOST_AUTO_TEST_CASE(a_cleanup_survives) {
  survives_every_failure(
      []() -> awaitable<> {
        auto body = []() -> awaitable<> { co_await curfew::finally(sleeps(), sleep_a_little, 1h); };
        co_await curfew::timeout(1ms, body);
      },
      end::timed_out);
}

BOOST_AUTO_TEST_CASE(the_token_of_a_scope_survives) {
  survives_every_failure(
      []() -> awaitable<> {
        auto body = [](curfew::timeout_scope& scope) -> awaitable<> {
          auto const token = scope.token();
          co_await curfew::shield(token.wait());
          BOOST_TEST(token.cancelled());
          co_await curfew::checkpoint();
        };
        co_await curfew::timeout(1ms, body);
      },
      end::timed_out);
}

// The earlier deadline is refused for want of memory; the one that was there must still fire.
BOOST_AUTO_TEST_CASE(a_deadline_that_could_not_be_armed_takes_no_other_with_it) {
  for (std::size_t n = 1; n < 10; ++n) {
    asio::io_context context(1);
    bool fired = false;
    curfew::sleep_for(context, 20ms)([&](error_code error) { fired = !error; });
    fail_allocation(n);
    try {
      curfew::sleep_for(context, 10ms)([](error_code) {});
    } catch (std::bad_alloc const&) {
    }
    bool const failed = allocation_failed();
    fail_allocation(0);
    context.run_for(std::chrono::seconds(1));
    BOOST_TEST_CONTEXT("allocation " << n)
    BOOST_TEST(fired);
    if (!failed) break;
  }
}

BOOST_AUTO_TEST_CASE(disarming_the_last_deadline_without_memory_lets_later_ones_fire) {
  asio::io_context context(1);
  auto& deadlines = curfew::detail::deadline_service::of(context);
  bool fired = false;
  curfew::wait_for(context, asio::post(context, asio::deferred), 1h)([] {});
  fail_allocation(1);
  context.poll();
  fail_allocation(0);
  BOOST_TEST(deadlines.pending() == 0U);
  curfew::sleep_for(context, 20ms)([&](error_code error) { fired = !error; });
  context.restart();
  context.run_for(std::chrono::seconds(1));
  BOOST_TEST(fired);
}

BOOST_AUTO_TEST_SUITE_END()
