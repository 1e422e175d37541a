#include "owners.hpp"

#include <algorithm>
#include <curfew/gather.hpp>
#include <curfew/move_on_after.hpp>
#include <curfew/sleep.hpp>

BOOST_AUTO_TEST_SUITE(bounded_group)

namespace {

/// How many run, and the most that ever did.
struct gauge {
  int running = 0, most = 0, ended = 0;
  std::vector<int> order{};
};

awaitable<> job(gauge& g, int number, curfew::clock::duration length) {
  g.order.push_back(number);
  g.most = std::max(g.most, ++g.running);
  struct leave {
    gauge& g;
    ~leave() { --g.running; }
  } const leaving{g};
  co_await curfew::sleep_for(length);
  ++g.ended;
}

curfew::group_options at_most(std::size_t children) {
  return curfew::group_options().max_concurrency(children);
}

}  // namespace

EACH_OWNER(no_more_children_run_at_a_time_than_the_bound_says) {
  gauge g;
  auto const begin = time.now();
  run([&]() -> awaitable<> {
    co_await curfew::with_task_group(at_most(3), [&](curfew::task_group& group) -> awaitable<> {
      for (int i = 0; i < 10; ++i) group.spawn(job(g, i, 1s));
      BOOST_TEST(group.size() == 10U);
      co_return;
    });
  });
  BOOST_TEST(g.most == 3);
  BOOST_TEST(g.ended == 10);
  BOOST_TEST((time.now() - begin == 4s));
}

EACH_OWNER(children_that_wait_begin_in_the_order_in_which_they_were_spawned) {
  gauge g;
  run([&]() -> awaitable<> {
    co_await curfew::with_task_group(at_most(1), [&](curfew::task_group& group) -> awaitable<> {
      for (int i = 0; i < 5; ++i) group.spawn(job(g, i, 1s));
      co_return;
    });
  });
  BOOST_TEST(g.order == (std::vector<int>{0, 1, 2, 3, 4}), boost::test_tools::per_element());
}

EACH_OWNER(a_child_that_waits_for_its_turn_and_is_cancelled_never_begins) {
  gauge g;
  run([&]() -> awaitable<> {
    co_await curfew::with_task_group(at_most(1), [&](curfew::task_group& group) -> awaitable<> {
      group.spawn(job(g, 0, 1s));
      auto second = group.spawn(job(g, 1, 1s));
      group.spawn(job(g, 2, 1s));
      co_await curfew::sleep_for(500ms);
      BOOST_TEST(second.cancel());
      co_await second.wait();
      BOOST_TEST(second.cancelled());
    });
  });
  BOOST_TEST(g.order == (std::vector<int>{0, 2}), boost::test_tools::per_element());
}

EACH_OWNER(cancelling_the_group_releases_those_that_wait_for_their_turn) {
  gauge g;
  auto const begin = time.now();
  run([&]() -> awaitable<> {
    co_await curfew::with_task_group(at_most(2), [&](curfew::task_group& group) -> awaitable<> {
      for (int i = 0; i < 6; ++i) group.spawn(job(g, i, 1h));
      co_await curfew::sleep_for(1s);
      group.cancel();
    });
  });
  BOOST_TEST(g.order.size() == 2U);
  BOOST_TEST(g.ended == 0);
  BOOST_TEST((time.now() - begin == 1s));
}

EACH_OWNER(a_failure_keeps_those_that_wait_from_beginning) {
  gauge g;
  auto const fail = []() -> awaitable<> {
    co_await curfew::sleep_for(1s);
    throw std::runtime_error("spilt");
  };
  run(
      [&]() -> awaitable<> {
        co_await curfew::with_task_group(at_most(1), [&](curfew::task_group& group) -> awaitable<> {
          group.spawn(fail);
          for (int i = 0; i < 3; ++i) group.spawn(job(g, i, 1s));
          co_return;
        });
      },
      end::other);
  BOOST_TEST(g.order.empty());
}

EACH_OWNER(a_child_that_fails_gives_its_turn_to_the_next_where_the_others_go_on) {
  gauge g;
  auto const fail = []() -> awaitable<> {
    co_await curfew::sleep_for(1s);
    throw std::runtime_error("spilt");
  };
  auto options = at_most(1).on_failure(curfew::on_failure::keep_going);
  run(
      [&]() -> awaitable<> {
        co_await curfew::with_task_group(options, [&](curfew::task_group& group) -> awaitable<> {
          group.spawn(fail);
          for (int i = 0; i < 3; ++i) group.spawn(job(g, i, 1s));
          co_return;
        });
      },
      end::other);
  BOOST_TEST(g.ended == 3);
}

EACH_OWNER(who_waits_for_room_never_has_more_children_than_run) {
  gauge g;
  std::size_t most_alive = 0;
  run([&]() -> awaitable<> {
    co_await curfew::with_task_group(at_most(2), [&](curfew::task_group& group) -> awaitable<> {
      for (int i = 0; i < 20; ++i) {
        co_await group.room();
        group.spawn(job(g, i, 1s));
        most_alive = std::max(most_alive, group.size());
      }
    });
  });
  BOOST_TEST(most_alive == 2U);
  BOOST_TEST(g.ended == 20);
}

EACH_OWNER(waiting_for_room_can_be_limited_and_cancelled) {
  gauge g;
  run([&]() -> awaitable<> {
    co_await curfew::with_task_group(at_most(1), [&](curfew::task_group& group) -> awaitable<> {
      group.spawn(job(g, 0, 1h));
      bool const has_room = co_await curfew::move_on_after(group.room(), 1s);
      BOOST_TEST(!has_room);
      group.cancel();
    });
  });
}

EACH_OWNER(a_group_without_a_bound_has_room_at_once) {
  gauge g;
  run([&]() -> awaitable<> {
    auto const begin = time.now();
    co_await curfew::with_task_group([&](curfew::task_group& group) -> awaitable<> {
      group.spawn(job(g, 0, 1s));
      for (int i = 0; i < 1000; ++i) co_await group.room();
      BOOST_TEST((time.now() == begin));
      group.cancel();
      co_return;
    });
  });
}

EACH_OWNER(a_child_may_spawn_into_its_bounded_group_without_blocking_it) {
  gauge g;
  run([&]() -> awaitable<> {
    co_await curfew::with_task_group(at_most(1), [&](curfew::task_group& group) -> awaitable<> {
      auto const spawner = [&]() -> awaitable<> {
        group.spawn(job(g, 1, 1s));
        group.spawn(job(g, 2, 1s));
        co_return;
      };
      group.spawn(spawner);
      co_return;
    });
  });
  BOOST_TEST(g.ended == 2);
}

EACH_OWNER(who_waits_outside_for_room_in_a_cancelled_group_is_told_that_there_is_none) {
  for (bool const bounded : {true, false}) {
    std::optional<curfew::task_group> kept;
    std::string before, during;
    auto const cleanup = []() -> awaitable<> { co_await curfew::sleep_for(2s); };
    auto const waits = [&](std::string& said) -> awaitable<> {
      auto const got = co_await curfew::settle(kept->room());
      said = words_of(got.error());
      // As to spawn into it.
      BOOST_TEST(said == thrown_by([&] { kept->spawn(sleepy(0s)); }));
    };
    auto const outside = curfew::spawn(context, [&]() -> awaitable<> {
      co_await curfew::sleep_for(1s);
      if (bounded) co_await waits(before);
      co_await curfew::sleep_for(1s);
      co_await waits(during);
    });
    auto options = curfew::group_options();
    if (bounded) options.max_concurrency(1);
    run([&]() -> awaitable<> {
      co_await curfew::with_task_group(options, [&](curfew::task_group& group) -> awaitable<> {
        kept = group;
        group.spawn(curfew::finally(sleepy(1h), cleanup));
        co_await curfew::sleep_for(1500ms);
        group.cancel();
      });
      co_await curfew::sleep_for(2s);
      SAYS("group_closed", kept->room());
    });
    BOOST_TEST(outside.done());
    if (bounded) BOOST_TEST(before == "group_closed");
    BOOST_TEST(during == "group_closed");
  }
}

EACH_OWNER(who_waits_in_the_group_for_room_hears_the_request_itself) {
  run([&]() -> awaitable<> {
    co_await curfew::with_task_group(at_most(1), [&](curfew::task_group& group) -> awaitable<> {
      group.spawn(sleepy(1h));
      curfew::sleep_for(context, 1s)([&](error_code) { group.cancel(); });
      SAYS("aborted", group.room());
      co_await asio::this_coro::throw_if_cancelled(false);
      SAYS("aborted", group.room());
    });
  });
}

BOOST_AUTO_TEST_SUITE_END()
