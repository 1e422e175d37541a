#include <curfew/queue.hpp>
#include <functional>
#include <string>
#include <vector>

#include "waits.hpp"

BOOST_AUTO_TEST_SUITE(queue)

namespace {

using popping = wait_of<int>;
using pushing = wait_of<>;

error_code closed() { return curfew::errc::queue_closed; }

}  // namespace

BOOST_FIXTURE_TEST_CASE(items_come_in_order_and_pushers_wait_for_room, fixture) {
  curfew::queue<int> numbers(2);
  std::vector<int> got;
  std::size_t most = 0;
  auto const produce = [&]() -> awaitable<> {
    for (int i = 0; i < 100; ++i) co_await numbers.push(i);
    numbers.close();
  };
  asio::co_spawn(context, produce(), asio::detached);
  run([&]() -> awaitable<> {
    error_code error;
    try {
      for (;;) {
        most = std::max(most, numbers.size());
        got.push_back(co_await numbers.pop());
        co_await curfew::sleep_for(1s);
      }
    } catch (system_error const& e) {
      error = e.code();
    }
    BOOST_TEST(error == closed());
  });
  BOOST_TEST(got.size() == 100U);
  BOOST_TEST(std::is_sorted(got.begin(), got.end()));
  BOOST_TEST(most == 2U);
}

BOOST_FIXTURE_TEST_CASE(those_who_wait_have_their_turns_in_order_on_both_sides, fixture) {
  curfew::queue<int> numbers(1);
  popping a(numbers.pop(context)), b(numbers.pop(context));
  for (int i = 1; i < 4; ++i) BOOST_TEST(numbers.try_push(i));
  BOOST_TEST(!numbers.try_push(9));
  pushing c(numbers.push(context, 4)), d(numbers.push(context, 5));
  time.settle();
  BOOST_TEST(a.value() == 1);
  BOOST_TEST(b.value() == 2);
  BOOST_TEST(!c.ended());
  BOOST_TEST(numbers.try_pop().value() == 3);
  time.settle();
  BOOST_TEST(c.how() == end::value);
  BOOST_TEST(!d.ended());
  BOOST_TEST(numbers.size() == 1U);
  BOOST_TEST(numbers.try_pop().value() == 4);
  BOOST_TEST(numbers.try_pop().value() == 5);
  BOOST_TEST(!numbers.try_pop());
  time.settle();
  BOOST_TEST(d.how() == end::value);
}

BOOST_FIXTURE_TEST_CASE(with_room_for_none_each_push_waits_for_its_pop, fixture) {
  curfew::queue<int> numbers(0);
  BOOST_TEST(!numbers.try_push(1));
  BOOST_TEST(!numbers.try_pop());
  pushing a(numbers.push(context, 1)), b(numbers.push(context, 2));
  time.run();
  BOOST_TEST(!a.ended());
  BOOST_TEST(numbers.size() == 0U);
  BOOST_TEST(numbers.try_pop().value() == 1);
  popping c(numbers.pop(context)), d(numbers.pop(context));
  time.run();
  BOOST_TEST(a.how() == end::value);
  BOOST_TEST(b.how() == end::value);
  BOOST_TEST(c.value() == 2);
  BOOST_TEST(numbers.try_push(3));
  time.run();
  BOOST_TEST(d.value() == 3);
}

// ---- close

BOOST_FIXTURE_TEST_CASE(after_close_pushes_fail_and_pops_drain_what_is_left, fixture) {
  curfew::queue<int> numbers(2);
  run([&]() -> awaitable<> {
    co_await numbers.push(1);
    co_await numbers.push(2);
    pushing waiting(numbers.push(context, 3));
    numbers.close();
    numbers.close();
    BOOST_TEST(numbers.closed());
    BOOST_TEST(!numbers.try_push(4));
    error_code error;
    try {
      co_await numbers.push(5);
    } catch (system_error const& e) {
      error = e.code();
    }
    BOOST_TEST(error == closed());
    co_await asio::post(asio::deferred);
    BOOST_TEST((waiting.error == closed()));
    int const first = co_await numbers.pop();
    BOOST_TEST(first == 1);
    BOOST_TEST(numbers.try_pop().value() == 2);
    ENDS(end::other, numbers.pop());
    BOOST_TEST(!numbers.try_pop());
  });
}

BOOST_FIXTURE_TEST_CASE(close_ends_all_who_wait_to_pop, fixture) {
  curfew::queue<int> numbers;
  popping a(numbers.pop(context)), b(numbers.pop(context));
  numbers.close();
  BOOST_TEST(!a.ended());
  time.run();
  BOOST_TEST((a.error == closed()));
  BOOST_TEST((b.error == closed()));
}

BOOST_FIXTURE_TEST_CASE(items_of_failed_pushes_are_destroyed_once, fixture) {
  int alive = 0;
  {
    curfew::queue<counted_item> items(1);
    BOOST_TEST(items.try_push(counted_item(alive)));
    pushing closed_early(items.push(context, counted_item(alive)));
    pushing cancelled(items.push(context, counted_item(alive)));
    {
      [[maybe_unused]] auto const never_started = items.push(counted_item(alive));
    }
    BOOST_TEST(alive == 3);
    cancelled.cancel();
    time.settle();
    BOOST_TEST(alive == 2);
    items.close();
    pushing late(items.push(context, counted_item(alive)));
    time.settle();
    BOOST_TEST((late.error == closed()));
    BOOST_TEST(alive == 1);
  }
  BOOST_TEST(alive == 0);
}

// ---- what is given and cancelled in one tick

BOOST_FIXTURE_TEST_CASE(in_every_order_of_what_comes_in_one_tick_no_item_is_lost, fixture) {
  // 'c' cancels the first who waits to pop, 'p' pushes, 'e' ends the queue.
  for (std::string order : {"cpe", "cep", "pce", "pec", "ecp", "epc", "cp", "pc"}) {
    curfew::queue<int> numbers;
    popping a(numbers.pop(context)), b(numbers.pop(context));
    bool pushed = false;
    auto const step = [&](char what) {
      if (what == 'c') a.cancel();
      if (what == 'p') pushed = numbers.try_push(7);
      if (what == 'e') numbers.close();
    };
    asio::post(context, [&] {
      for (char const what : order) step(what);
    });
    time.settle();
    BOOST_TEST_CONTEXT(order) {
      auto const at = [&](char what) { return order.find(what); };
      BOOST_TEST(pushed == (at('p') < at('e')));
      int got = 0;
      for (auto* each : {&a, &b}) {
        if (each->how() == end::value) {
          BOOST_TEST(each->value() == 7);
          ++got;
        }
      }
      BOOST_TEST(got == int(pushed));
      BOOST_TEST(numbers.size() == 0U);
      bool const given_to_a = at('p') < at('c') && pushed;
      BOOST_TEST((a.how() == end::value) == given_to_a);
      BOOST_TEST((a.how() == end::aborted) ==
                 (at('c') < std::min(at('p'), at('e')) || (at('c') < at('e') && !given_to_a)));
    }
    numbers.close();
    time.settle();
  }
}

BOOST_FIXTURE_TEST_CASE(in_every_order_a_push_that_waits_gives_its_item_or_says_that_it_did_not,
                        fixture) {
  // 'c' cancels the first who waits to push, 'p' pops, 'e' ends the queue.
  for (std::string order : {"cpe", "cep", "pce", "pec", "ecp", "epc"}) {
    curfew::queue<int> numbers(1);
    BOOST_TEST(numbers.try_push(1));
    pushing a(numbers.push(context, 2)), b(numbers.push(context, 3));
    std::vector<int> got;
    for (char const what : order) {
      if (what == 'c') a.cancel();
      if (what == 'p') got.push_back(numbers.try_pop().value());
      if (what == 'e') numbers.close();
    }
    time.settle();
    while (auto const more = numbers.try_pop()) got.push_back(*more);
    time.settle();
    numbers.close();
    time.settle();
    std::vector<int> expected{1};
    if (a.how() == end::value) expected.push_back(2);
    if (b.how() == end::value) expected.push_back(3);
    BOOST_TEST_CONTEXT(order) {
      BOOST_TEST(got == expected, boost::test_tools::per_element());
      BOOST_TEST((a.how() == end::value) == (order[0] == 'p'));
      BOOST_TEST((a.how() == end::aborted) == (order[0] == 'c'));
    }
  }
}

BOOST_FIXTURE_TEST_CASE(the_first_the_middle_and_the_last_pop_can_be_cancelled, fixture) {
  for (int which = 0; which < 3; ++which)
    for (bool const push_first : {true, false}) {  // SY-05
      curfew::queue<int> numbers;
      popping a(numbers.pop(context)), b(numbers.pop(context)), c(numbers.pop(context));
      popping* const all[] = {&a, &b, &c};
      if (push_first) numbers.try_push(1);
      all[which]->cancel();
      if (!push_first) numbers.try_push(1);
      for (int i = 2; i < 4; ++i) numbers.try_push(i);
      time.settle();
      int next = 1;
      for (int i = 0; i < 3; ++i) {
        bool const given = i != which || (i == 0 && push_first);
        BOOST_TEST(all[i]->how() == (given ? end::value : end::aborted));
        if (given) BOOST_TEST(all[i]->value() == next++);
      }
      while (auto const left = numbers.try_pop()) BOOST_TEST(*left == next++);
      BOOST_TEST(next == 4);
    }
}

BOOST_FIXTURE_TEST_CASE(a_coroutine_that_was_given_an_item_hears_of_the_request_afterwards,
                        fixture) {
  curfew::queue<int> numbers;
  int got = 0;
  auto const main = [&]() -> awaitable<> {
    got = co_await numbers.pop();
    ENDS(end::aborted, numbers.pop());
  };
  start(main);
  time.run();
  asio::post(context, [&] {
    numbers.try_push(7);
    cancel();
  });
  time.run();
  BOOST_TEST(got == 7);
  BOOST_TEST((ended == end::value));
}

// ---- limits

BOOST_FIXTURE_TEST_CASE(a_limit_that_ends_as_the_item_comes_does_not_lose_it, fixture) {
  for (bool const push_first : {true, false})
    for (bool const in_coroutine : {false, true}) {
      curfew::queue<int> numbers;
      auto const push = [&](error_code) { BOOST_TEST(numbers.try_push(7)); };
      std::optional<int> got;
      run([&]() -> awaitable<> {
        if (push_first) curfew::sleep_for(context, 1h)(push);
        auto const later = [&] { curfew::sleep_for(context, 1h)(push); };
        if (!push_first) asio::post(context, later);
        try {
          if (in_coroutine)
            got = co_await curfew::wait_for(numbers.pop_on(), 1h);
          else
            got = co_await curfew::wait_for(numbers.pop(), 1h);
        } catch (system_error const& e) {
          BOOST_TEST((e.code() == curfew::errc::timed_out));
        }
      });
      if (!got) got = numbers.try_pop();
      BOOST_TEST(got.value() == 7);
      BOOST_TEST(numbers.size() == 0U);
    }
}

BOOST_FIXTURE_TEST_CASE(a_limit_ends_a_push_and_a_pop, fixture) {
  curfew::queue<int> numbers(1);
  run([&]() -> awaitable<> {
    ENDS(end::timed_out, curfew::wait_for(numbers.pop(), 1s));
    ENDS(end::timed_out, curfew::wait_for(numbers.pop_on(), 1s));
    co_await curfew::wait_for(numbers.push(1), 1s);
    ENDS(end::timed_out, curfew::wait_for(numbers.push(2), 1s));
    ENDS(end::timed_out, curfew::wait_for(numbers.pop(), 0s));
  });
  BOOST_TEST(elapsed() == 3s);
  BOOST_TEST(numbers.size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_pop_is_refused_in_a_scope_that_was_asked_to_stop, fixture) {
  curfew::queue<int> numbers(1);
  numbers.try_push(1);
  run([&]() -> awaitable<> {
    auto body = [&](curfew::timeout_scope& scope) -> awaitable<> {
      scope.cancel("enough");
      ENDS(end::aborted, numbers.pop());
      ENDS(end::aborted, numbers.push(2));
    };
    co_await curfew::move_on_after(1h, body);
  });
  BOOST_TEST(numbers.size() == 1U);
}

// ---- items

BOOST_FIXTURE_TEST_CASE(items_may_be_movable_only_and_without_default_constructor, fixture) {
  curfew::queue<parcel> parcels(1);
  parcel kept(1);
  BOOST_TEST(parcels.try_push(std::move(kept)));
  BOOST_TEST(!kept.number);
  parcel other(2);
  BOOST_TEST(!parcels.try_push(std::move(other)));
  BOOST_TEST(*other.number == 2);  // as it was
  auto const produce = [&]() -> awaitable<> {
    co_await parcels.push(std::move(other));
    parcels.close();
  };
  asio::co_spawn(context, produce(), asio::detached);
  run([&]() -> awaitable<> {
    auto const first = co_await parcels.pop();
    BOOST_TEST(*first.number == 1);
    auto const second = co_await curfew::wait_for(parcels.pop(), 1s);
    BOOST_TEST(*second.number == 2);
    ENDS(end::other, parcels.pop());
  });
}

BOOST_AUTO_TEST_CASE(items_can_be_awaited_on_any_executor) {
  asio::io_context context;
  using executor = asio::io_context::executor_type;
  curfew::queue<parcel> parcels;
  int got = 0;
  auto const consume = [&]() -> asio::awaitable<void, executor> {
    auto const first = co_await parcels.pop_on<executor>();
    got = *first.number;
  };
  asio::co_spawn(context, consume(), asio::detached);
  context.poll();
  parcels.try_push(parcel(3));
  context.run();
  BOOST_TEST(got == 3);
}

BOOST_FIXTURE_TEST_CASE(items_that_are_there_are_had_at_once_without_end, fixture) {
  curfew::queue<int> numbers;
  run([&]() -> awaitable<> {
    for (int i = 0; i < 10'000; ++i) co_await numbers.push(i);
    for (int i = 0; i < 10'000; ++i) {
      int const got = co_await numbers.pop();
      BOOST_REQUIRE(got == i);
    }
  });
}

BOOST_FIXTURE_TEST_CASE(it_may_be_used_while_those_who_were_chosen_run, fixture) {
  auto numbers = std::make_unique<curfew::queue<int>>();
  int got = 0;
  for (int i = 0; i < 3; ++i)
    numbers->pop(context)([&](error_code, int n) {
      got += n;
      numbers.reset();
    });
  for (int i = 1; i < 4; ++i) numbers->try_push(i);
  time.run();
  BOOST_TEST(got == 6);
}

// ---- the context

BOOST_AUTO_TEST_CASE(a_context_that_dies_takes_what_waits_in_it_along_and_no_other_item) {
  for (bool const given : {false, true}) {
    int alive = 0;
    curfew::queue<counted_item> items(1);
    curfew::queue<counted_item> full(0);
    {
      asio::io_context context;
      auto const consume = [&]() -> awaitable<> {
        auto const item = co_await items.pop();
        BOOST_TEST(false);
      };
      auto const produce = [&]() -> awaitable<> {
        co_await full.push(counted_item(alive));
        BOOST_TEST(!given);
      };
      asio::co_spawn(context, consume(), asio::detached);
      asio::co_spawn(asio::make_strand(context), consume(), asio::detached);
      asio::co_spawn(context, produce(), asio::detached);
      context.poll();
      BOOST_TEST(alive == 1);
      if (given) {
        items.try_push(counted_item(alive));  // to who dies
        BOOST_TEST(!!full.try_pop());
      }
    }
    BOOST_TEST(alive == 0);
    BOOST_TEST(items.try_push(counted_item(alive)));
    BOOST_TEST(items.size() == 1U);
    BOOST_TEST(!full.try_pop());
  }
}

BOOST_AUTO_TEST_CASE(a_context_goes_on_running_while_somebody_waits) {
  asio::io_context context;
  curfew::queue<int> numbers;
  popping one(numbers.pop(context));
  context.poll();
  BOOST_TEST(!context.stopped());
  numbers.try_push(1);
  context.run();
  BOOST_TEST(one.value() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
