#include "out_of_memory.hpp"

#include <curfew/detail/stack_table.hpp>
#include <deque>
#include <optional>
#include <set>

BOOST_AUTO_TEST_SUITE(out_of_memory)

namespace {

awaitable<> sleeps() { co_await curfew::sleep_for(1h); }
awaitable<> sleep_a_little() { co_await curfew::sleep_for(1us); }

}  // namespace

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
#ifdef __cpp_lib_jthread
        auto const stop = curfew::to_stop_token(child.token());
#endif
        bool called = false;
        auto const callback = child.token().on_cancel([&] { called = true; });
        parent.cancel("a text that is too long to be kept without an allocation of its own");
        BOOST_TEST(called);
#ifdef __cpp_lib_jthread
        BOOST_TEST(stop.stop_requested());
#endif
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
    allocations::fail(n);
    try {
      curfew::sleep_for(context, 10ms)([](error_code) {});
    } catch (std::bad_alloc const&) {
    }
    bool const failed = allocations::has_failed();
    allocations::fail(0);
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
  allocations::fail(1);
  context.poll();
  allocations::fail(0);
  BOOST_TEST(deadlines.pending() == 0U);
  curfew::sleep_for(context, 20ms)([&](error_code error) { fired = !error; });
  context.restart();
  context.run_for(std::chrono::seconds(1));
  BOOST_TEST(fired);
}

namespace {

/// Fills the table of coroutines, so that the next one that enters it needs memory.
class full_table {
 public:
  full_table() {
    std::set<std::size_t> full;  // its parts, which differ in size
    for (std::uintptr_t at = 16; full.size() < curfew::detail::stack_shards; at += 16) {
      auto* const key = reinterpret_cast<void*>(at);
      if (full.contains(curfew::detail::stack_shard(key))) continue;
      entered_.push_back(key);
      allocations::fail(1);
      try {
        curfew::detail::enter_stack(key, nullptr);
      } catch (std::bad_alloc const&) {
        entered_.pop_back();
        full.insert(curfew::detail::stack_shard(key));
      }
      allocations::fail(0);
    }
  }
  full_table(full_table const&) = delete;
  full_table& operator=(full_table const&) = delete;
  ~full_table() {
    for (auto* const key : entered_) curfew::detail::erase_stack(key);
  }

 private:
  std::deque<void*> entered_;
};

}  // namespace

// By plain `co_spawn`: there each of these enters the table, just before its body begins.
BOOST_AUTO_TEST_CASE(a_coroutine_that_finds_no_room_in_the_table_says_so) {
  BOOST_REQUIRE(allocations::are_replaced());
  for (std::uintptr_t at = 16; at < 16000; at += 16) {  // so that there is room in each part
    curfew::detail::enter_stack(reinterpret_cast<void*>(at), nullptr);
    curfew::detail::erase_stack(reinterpret_cast<void*>(at));
  }
  bool begun = false;
  auto const quick = [&]() -> awaitable<> {
    begun = true;
    co_return;
  };
  auto const with_group = [&](curfew::task_group&) -> awaitable<> { return quick(); };
  // Whatever block is the n-th.
  auto const fail_at = [&](auto make, std::size_t n, bool is_full) {
    std::exception_ptr error;
    asio::io_context context(1);
    auto const main = [&]() -> awaitable<> {
      for (int i = 0; i < 3; ++i) co_await make();  // what is kept for reuse is there from now on
      std::optional<full_table> full;
      if (is_full) full.emplace();
      begun = false;
      allocations::fail(n);
      try {
        co_await make();
      } catch (...) {
        error = std::current_exception();
      }
      allocations::fail(0);
    };
    asio::co_spawn(context, main, asio::detached);
    context.run();
    return error;
  };
  // How many blocks it takes until the body begins, each of which may fail.
  auto const count_blocks = [&](auto make, bool is_full) {
    for (std::size_t n = 1;; ++n) {
      auto const error = fail_at(make, n, is_full);
      if (begun) return n - 1;
      BOOST_TEST_CONTEXT("block " << n << (is_full ? " with a full table" : ""))
      BOOST_TEST((error && curfew::testing::is_out_of_memory(error)));
    }
  };
  auto const is_told = [&](char const* name, auto make) {
    BOOST_TEST_CONTEXT(name) {
      fail_at(make, 0, false);  // what is made once for the process is there the second time
      auto const with_room = count_blocks(make, false);
      BOOST_TEST(count_blocks(make, true) == with_room + 2);
    }
  };
  is_told("timeout", [&] { return curfew::timeout(1h, quick); });
  is_told("wait_for", [&] { return curfew::wait_for(quick(), 1h); });
  is_told("shield", [&] { return curfew::shield(quick()); });
  is_told("finally", [&] { return curfew::finally(quick(), quick); });
  is_told("with_task_group", [&] { return curfew::with_task_group(with_group); });
}

BOOST_AUTO_TEST_SUITE_END()
