#include "both_ways.hpp"
#include "manual_op.hpp"

BOOST_AUTO_TEST_SUITE(timeout)

namespace {

using curfew::timeout_scope;

error_code const timed_out = curfew::errc::timed_out;

awaitable<int> answer(int value) {
  co_await curfew::sleep_for(1ms);
  co_return value;
}

struct session {
  int id;
  awaitable<int> serve(int times) {
    co_await curfew::sleep_for(1ms);
    co_return id* times;
  }
};

}  // namespace

BOTH_WAYS(a_block_that_exceeds_its_limit_times_out) {  // TS-01
  run([&]() -> awaitable<> {
    ENDS(end::timed_out, curfew::timeout(5ms, [](timeout_scope& scope) -> awaitable<> {
           bool expired = false;
           try {
             co_await curfew::sleep_for(1h);
           } catch (system_error const& e) {
             expired = scope.expired();
             BOOST_TEST(e.code() == error_code(asio::error::operation_aborted));
           }
           BOOST_TEST(expired);
           co_await curfew::sleep_for(1h);
         }));
    ENDS(end::value, curfew::sleep_for(1ms));
  });
  BOOST_TEST(elapsed() == 6ms);
}

BOTH_WAYS(an_absolute_deadline_stays_what_it_was_given) {  // TS-02
  run([&]() -> awaitable<> {
    auto const deadline = time.now() + 5ms;
    ENDS(end::timed_out, curfew::timeout_at(deadline, [&](timeout_scope& scope) -> awaitable<> {
           BOOST_TEST((scope.deadline() == deadline));
           auto const before = co_await curfew::settle(curfew::sleep_for(1h));
           BOOST_TEST(before.cancelled());
           BOOST_TEST((scope.deadline() == deadline));
           co_await curfew::sleep_for(1h);
         }));
  });
  BOOST_TEST(elapsed() == 5ms);
}

BOTH_WAYS(a_block_that_ends_in_time_leaves_nothing_behind) {  // TS-03 TS-32 TS-42
  run([&]() -> awaitable<> {
    auto const body = [&](timeout_scope& scope) -> awaitable<> {
      co_await curfew::sleep_for(1ms);
      BOOST_TEST(!scope.expired());
      BOOST_TEST((scope.deadline() > time.now()));
    };
    ENDS(end::value, curfew::timeout(1h, body));
    BOOST_TEST(time.pending() == 0U);
    ENDS(end::value, curfew::sleep_for(2h));
  });
  BOOST_TEST(elapsed() == 2h + 1ms);
}

BOTH_WAYS(without_a_deadline_it_never_fires) {  // TS-04
  run([&]() -> awaitable<> {
    auto const body = [&](timeout_scope& scope) -> awaitable<> {
      BOOST_TEST((scope.deadline() == curfew::clock::time_point::max()));
      BOOST_TEST((scope.remaining() == curfew::clock::duration::max()));
      BOOST_TEST(time.pending() == 0U);
      co_await curfew::sleep_for(std::chrono::hours(24 * 365));
    };
    ENDS(end::value, curfew::timeout(curfew::never, body));
    ENDS(end::value, curfew::timeout_at(curfew::never, body));
    ENDS(end::value, curfew::timeout_at(curfew::clock::time_point::max(), body));
    ENDS(end::value, curfew::timeout(std::chrono::duration<double>(1e300), body));
  });
}

BOTH_WAYS(a_limit_that_has_passed_interrupts_the_block_where_it_first_waits) {  // TS-05 TS-06
  int begun = 0, gone_on = 0;
  run([&]() -> awaitable<> {
    auto const body = [&](auto what) -> awaitable<> {
      ++begun;
      co_await what();
      ++gone_on;
    };
    auto const forever = [] { return curfew::sleep_forever(); };
    auto const no_time = [] { return curfew::sleep_for(0s); };
    auto const checkpoint = [] { return curfew::checkpoint(); };
    auto const coroutine = [] { return sleepy(1h); };
    for (auto limit : {0ns, -1ns, curfew::clock::duration::min()}) {
      ENDS(end::timed_out, curfew::timeout(limit, body, forever));
      ENDS(end::timed_out, curfew::timeout(limit, body, no_time));
      ENDS(end::timed_out, curfew::timeout(limit, body, checkpoint));
      ENDS(end::timed_out, curfew::timeout(limit, body, coroutine));
    }
    ENDS(end::timed_out, curfew::timeout_at(time.now(), body, forever));
    ENDS(end::timed_out, curfew::timeout_at(time.now() - 1h, body, forever));
    ENDS(end::timed_out, curfew::timeout_at(curfew::clock::time_point::min(), body, forever));
  });
  BOOST_TEST(begun == 15);
  BOOST_TEST(gone_on == 0);
  BOOST_TEST(elapsed() == 0s);
}

BOTH_WAYS(a_bare_yield_under_a_limit_that_has_passed_is_the_last_thing_that_works) {  // TS-05
  int begun = 0, gone_on = 0;
  run([&]() -> awaitable<> {
    ENDS(end::timed_out, curfew::timeout(0s, [&]() -> awaitable<> {
           ++begun;
           co_await asio::post(asio::deferred);
           co_await asio::post(asio::deferred);
           ++gone_on;
         }));
  });
  BOOST_TEST(begun == 1);
  BOOST_TEST(gone_on == 0);
}

BOTH_WAYS(a_block_that_never_waits_is_never_interrupted) {  // TS-07
  run([]() -> awaitable<> {
    auto const body = []() -> awaitable<int> { co_return 7; };
    BOOST_TEST(co_await curfew::timeout(0s, body) == 7);
    BOOST_TEST(co_await curfew::timeout_at(curfew::clock::time_point::min(), body) == 7);
    ENDS(end::value, curfew::sleep_for(1ms));
  });
}

BOTH_WAYS(a_foreign_error_passes_and_the_scope_is_not_expired) {  // TS-08
  std::optional<timeout_scope> kept;
  run([&]() -> awaitable<> {
    ENDS(end::other, curfew::timeout(1h, [&](timeout_scope& scope) -> awaitable<> {
           kept.emplace(scope);
           co_await curfew::sleep_for(1ms);
           throw std::runtime_error("its own");
         }));
    BOOST_TEST(!kept->expired());
    BOOST_TEST(!kept->reason());
  });
}

BOTH_WAYS(an_error_thrown_on_the_way_out_of_an_expired_block_wins) {  // TS-09
  std::optional<timeout_scope> kept;
  run([&]() -> awaitable<> {
    ENDS(end::other, curfew::timeout(1ms, [&](timeout_scope& scope) -> awaitable<> {
           kept.emplace(scope);
           auto const waited = co_await curfew::settle(curfew::sleep_for(1h));
           if (waited.cancelled()) throw std::runtime_error("its own");
         }));
    BOOST_TEST(kept->expired());
    ENDS(end::value, curfew::sleep_for(1ms));
  });
}

BOTH_WAYS(a_value_after_the_expiry_is_delivered) {  // TS-31
  std::optional<timeout_scope> kept;
  run([&]() -> awaitable<> {
    auto const body = [&](timeout_scope& scope) -> awaitable<move_only> {
      kept.emplace(scope);
      auto const waited = co_await curfew::settle(curfew::sleep_for(1h));
      BOOST_TEST(waited.cancelled());
      co_return std::make_unique<int>(9);
    };
    BOOST_TEST(*co_await curfew::timeout(1ms, body) == 9);
    BOOST_TEST(kept->expired());
    ENDS(end::value, curfew::sleep_for(1ms));
  });
}

BOTH_WAYS(each_further_wait_in_an_expired_block_fails_at_once) {  // TS-27
  run([&]() -> awaitable<> {
    int refused = 0;
    auto const body = [&]() -> awaitable<> {
      ENDS(end::aborted, curfew::sleep_for(1h));
      for (int i = 0; i < 3; ++i) {
        ENDS(end::aborted, curfew::sleep_for(1h));
        ENDS(end::aborted, sleepy(1h));
        ENDS(end::aborted, asio::post(asio::deferred));
        ENDS(end::aborted, curfew::checkpoint());
        ENDS(end::aborted, curfew::wait_for(sleepy(1h), 1s));
        co_await asio::this_coro::executor;
        ++refused;
      }
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::timed_out, curfew::timeout(1ms, body));
    BOOST_TEST(refused == 3);
    ENDS(end::value, asio::post(asio::deferred));
    ENDS(end::value, sleepy(1ms));
  });
  BOOST_TEST(elapsed() == 2ms);
}

BOTH_WAYS(arguments_live_as_decayed_copies_while_the_block_runs) {  // AX-20
  int destroyed = 0, referred = 0;
  run([&]() -> awaitable<> {
    auto const body = [&](std::string const& text, move_only&& owned, int& there, witness const&,
                          timeout_scope* none) -> awaitable<std::size_t> {
      co_await curfew::sleep_for(1ms);
      BOOST_TEST(destroyed == 0);
      there = *owned;
      BOOST_TEST((none == nullptr));
      co_return text.size();
    };
    char const text[] = "a text that is longer than what a string holds in itself";
    auto op = curfew::timeout(1s, body, std::string(text), std::make_unique<int>(3),
                              std::ref(referred), witness(destroyed), nullptr);
    BOOST_TEST(co_await std::move(op) == sizeof text - 1);
    BOOST_TEST(destroyed == 1);
  });
  BOOST_TEST(referred == 3);
}

BOTH_WAYS(any_coroutine_function_will_do) {
  run([]() -> awaitable<> {
    BOOST_TEST(co_await curfew::timeout(1s, answer, 5) == 5);
    session here{6};
    BOOST_TEST(co_await curfew::timeout(1s, &session::serve, &here, 2) == 12);
    auto counts = [n = 0](timeout_scope&) mutable -> awaitable<int> { co_return ++n; };
    BOOST_TEST(co_await curfew::timeout(1s, counts) == 1);
    std::function<awaitable<int>(int)> const erased = answer;
    BOOST_TEST(co_await curfew::timeout(1s, erased, 7) == 7);
  });
}

BOTH_WAYS(a_block_whose_result_starts_with_an_error_code_says_timed_out_there) {
  using tuple = std::tuple<error_code, std::size_t>;
  manual_op<tuple> op;
  op.on_cancel = [&] { op.post({asio::error::operation_aborted, 3}); };
  run([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<tuple> { co_return co_await op(); };
    auto const expired = co_await curfew::timeout(1s, body);
    BOOST_TEST(std::get<0>(expired) == timed_out);
    BOOST_TEST(std::get<1>(expired) == 3U);
  });
}

BOTH_WAYS(the_limit_counts_from_the_await) {  // TS-36
  run([&]() -> awaitable<> {
    auto block = curfew::timeout(5s, [] { return sleepy(1h); });
    co_await curfew::sleep_for(3s);
    ENDS(end::timed_out, std::move(block));
  });
  BOOST_TEST(elapsed() == 8s);
}

BOTH_WAYS(a_block_that_is_never_awaited_never_runs) {
  int destroyed = 0, run_times = 0;
  run([&]() -> awaitable<> {
    auto const body = [&](witness const&) -> awaitable<> {
      ++run_times;
      co_return;
    };
    auto const block = curfew::timeout(1s, body, witness(destroyed));
    BOOST_TEST(time.pending() == 0U);
    co_return;
  });
  BOOST_TEST(run_times == 0);
  BOOST_TEST(destroyed == 1);
}

BOTH_WAYS(a_function_that_throws_instead_of_returning_a_coroutine_is_a_failure_of_the_block) {
  run([&]() -> awaitable<> {
    ENDS(end::other,
         curfew::timeout(1h, []() -> awaitable<> { throw std::runtime_error("no body"); }));
    auto const not_even_called = [](int) -> awaitable<> { return throw 42, sleepy(1s); };
    ENDS(end::other, curfew::timeout(1h, not_even_called, 1));
    BOOST_TEST(time.pending() == 0U);
    ENDS(end::value, curfew::sleep_for(1ms));
  });
}

BOOST_AUTO_TEST_SUITE_END()
