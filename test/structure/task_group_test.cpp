#include "../operations/manual_op.hpp"
#include "owners.hpp"

// A group as an owner: who is in it, when it ends, what it takes and what it refuses.

BOOST_AUTO_TEST_SUITE(task_group)

namespace {

using io_executor = asio::io_context::executor_type;
using io_strand = asio::strand<io_executor>;

/// A result of which the living are counted.
struct counted {
  static inline int living = 0, most = 0;
  counted() { most = std::max(most, ++living); }
  counted(counted const&) : counted() {}
  ~counted() { --living; }
};

awaitable<counted> brief() {
  co_await asio::post(asio::deferred);
  co_return counted();
}

template <class Executor>
asio::awaitable<int, Executor> give_on(int value, curfew::clock::duration after) {
  co_await curfew::sleep_for(after);
  co_return value;
}

template <class Executor>
asio::awaitable<int, Executor> sum_in_group(bool& refused) {
  auto const body = [&](curfew::task_group& group) -> asio::awaitable<int, Executor> {
    auto a = group.spawn(give_on<Executor>(1, 1s));
    auto b = group.spawn({"b"}, give_on<Executor>, 2, 2s);
    auto c = group.spawn(give(3, 1s));  // any_io_executor is made of each
    refused = thrown_by([&] { group.spawn(give_on<asio::thread_pool::executor_type>(4, 1s)); }) ==
              "invalid_state";
    auto const first = co_await a.template join<Executor>();
    auto const second = co_await b.template join<Executor>();
    auto const third = co_await c.template join<Executor>();
    co_return first + second + third;
  };
  co_return co_await curfew::with_task_group(body);
}

}  // namespace

EACH_OWNER(a_block_ends_after_all_its_children) {  // TG-01
  curfew::task<int> first, second, third;
  auto const body = [&](curfew::task_group& group) -> awaitable<int> {
    BOOST_TEST(group.size() == 0U);
    first = group.spawn(give(1, 1s));
    second = group.spawn({"second"}, give, 2, 3s, held());
    BOOST_TEST(group.size() == 2U);
    co_await curfew::sleep_for(2s);
    BOOST_TEST(group.size() == 1U);
    third = group.spawn([&] { return give(3, 3s); });
    co_return 7;
  };
  run([&]() -> awaitable<> {
    BOOST_TEST(co_await curfew::with_task_group(body) == 7);
    BOOST_TEST((elapsed() == 5s));
    BOOST_TEST(first.result().value() + second.result().value() + third.result().value() == 6);
  });
}

EACH_OWNER(children_may_spawn_children_after_the_body_ended) {  // TG-18
  std::string order;
  auto const leaf = [&](char name) -> awaitable<> {
    co_await curfew::sleep_for(1s);
    order += name;
  };
  auto const branch = [&](curfew::task_group group) -> awaitable<> {
    co_await curfew::sleep_for(1s);
    order += 'a';
    group.spawn({}, leaf, 'b');
    group.spawn({}, leaf, 'c');
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn({}, branch, group);
    order += '0';
    co_return;
  };
  run([&]() -> awaitable<> {
    co_await curfew::with_task_group(body);
    order += '.';
  });
  BOOST_TEST(order == "0abc.");
  BOOST_TEST((elapsed() == 2s));
}

EACH_OWNER(an_empty_group_ends_at_once) {  // TG-31
  auto const nothing = [](curfew::task_group&) -> awaitable<> { co_return; };
  auto const moves = [](curfew::task_group&) -> awaitable<move_only> {
    co_return std::make_unique<int>(7);
  };
  run([&]() -> awaitable<> {
    co_await curfew::with_task_group(nothing);
    auto const got = co_await curfew::with_task_group(moves);
    BOOST_TEST(*got == 7);
    auto const plain = []() -> awaitable<> { co_return; };
    co_await curfew::with_task_group(plain);
  });
  BOOST_TEST((elapsed() == 0s));
}

EACH_OWNER(leaving_a_group_is_no_cancellation_point) {
  int got = 0;
  auto const body = [&](curfew::task_group& group) -> awaitable<int> {
    auto const child = group.spawn([]() -> awaitable<int> { co_return 7; });
    ask();
    co_return child.result().value();
  };
  auto const all = [&]() -> awaitable<> {
    co_await curfew::sleep_for(1s);
    got = co_await curfew::with_task_group(body);
    co_await curfew::sleep_for(1s);
  };
  run(all, end::aborted);
  BOOST_TEST(got == 7);
  BOOST_TEST((elapsed() == 1s));
}

EACH_OWNER(a_group_that_was_asked_to_stop_takes_no_more) {  // TG-20
  auto const argument = make_held();
  int ran = 0;
  auto const child = [&](held) -> awaitable<> {
    ++ran;
    co_return;
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    BOOST_TEST(group.cancel());
    BOOST_TEST(thrown_by([&] { group.spawn({}, child, argument); }) == "group_closed");
    BOOST_TEST(thrown_by([&] { group.spawn(give(1, 0s, argument)); }) == "group_closed");
    BOOST_TEST(thrown_by([&] { group.spawn(context, give(1, 0s, argument)); }) == "group_closed");
    BOOST_TEST(argument.use_count() == 1);
    BOOST_TEST(group.size() == 0U);
    co_return;
  };
  run([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  BOOST_TEST(ran == 0);
}

EACH_OWNER(a_group_that_has_ended_takes_no_more) {  // TG-21
  auto const argument = make_held();
  std::optional<curfew::task_group> kept;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    kept = group;
    group.spawn(give(1, 1s));
    co_return;
  };
  run([&]() -> awaitable<> {
    co_await curfew::with_task_group(body);
    BOOST_TEST(thrown_by([&] { kept->spawn(give(1, 0s, argument)); }) == "group_closed");
    BOOST_TEST(thrown_by([&] { kept->spawn(context, give(1, 0s, argument)); }) == "group_closed");
    SAYS("group_closed",
         kept->start<int>([](curfew::task_started<int> const&) -> awaitable<> { co_return; }));
  });
  BOOST_TEST(argument.use_count() == 1);
  BOOST_TEST(kept->size() == 0U);
  kept->cancel();  // TG-26: nothing is there to hear it
  BOOST_TEST(thrown_by([&] { kept->spawn(context, give(1, 0s, argument)); }) == "group_closed");
}

EACH_OWNER(others_may_spawn_while_the_group_waits_for_its_children) {
  std::optional<curfew::task_group> kept;
  curfew::task<int> late;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    kept = group;
    group.spawn(give(1, 1s));
    co_return;
  };
  start([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  settle();
  late = kept->spawn(give(2, 5s));  // from no coroutine at all
  finish();
  BOOST_TEST(late.result().value() == 2);
  BOOST_TEST((elapsed() == 5s));
}

EACH_OWNER(a_child_that_is_spawned_as_the_last_one_ends_is_taken_or_refused) {
  std::optional<curfew::task_group> kept;
  std::string said;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    kept = group;
    group.spawn(give(1, 1s));
    co_return;
  };
  start([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  settle();
  time.advance(999ms);
  // After the child's end and before the group hears of it: it goes on for this one too.
  while (kept->size() != 0) {
    if (context.poll_one() == 0) time.advance(1ms);
    context.restart();
  }
  said = thrown_by([&] { kept->spawn(give(2, 1s)); });
  finish();
  BOOST_TEST((said == "nothing" || said == "group_closed"));
  BOOST_TEST((elapsed() == (said == "nothing" ? 2s : 1s)));
}

EACH_OWNER(one_hundred_thousand_short_children_leave_nothing_behind) {  // TG-23
  counted::living = counted::most = 0;
  std::size_t largest = 0;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    for (int i = 0; i < 100'000; ++i) {
      group.spawn(brief());
      if (group.size() >= 8) co_await asio::post(asio::deferred);
      largest = std::max(largest, group.size());
    }
  };
  run([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  BOOST_TEST(counted::living == 0);
  BOOST_TEST(counted::most < 100);
  BOOST_TEST(largest < 100U);
}

EACH_OWNER(groups_nest_in_the_body_and_in_children) {
  std::string order;
  auto const leaf = [&](char name, curfew::clock::duration after) -> awaitable<> {
    co_await curfew::sleep_for(after);
    order += name;
  };
  auto const inner = [&](curfew::task_group& group, char name) -> awaitable<> {
    group.spawn({}, leaf, name, 2s);
    co_return;
  };
  auto const nested = [&](char name) -> awaitable<> {
    co_await curfew::with_task_group(inner, name);
    order += '-';
  };
  auto const outer = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn({}, nested, 'a');
    co_await curfew::with_task_group(inner, 'b');
    group.spawn({}, leaf, 'c', 1s);
  };
  run([&]() -> awaitable<> { co_await curfew::with_task_group(outer); });
  BOOST_TEST(order == "ab-c");
  BOOST_TEST((elapsed() == 3s));
}

BOOST_FIXTURE_TEST_CASE(groups_work_on_executors_of_any_type, fixture) {
  bool refused = false;
  auto on_context = curfew::spawn(context, sum_in_group<io_executor>(refused));
  time.run();
  BOOST_TEST(on_context.result().value() == 6);
  BOOST_TEST(refused);
  refused = false;
  auto on_strand =
      curfew::spawn(io_strand(context.get_executor()), sum_in_group<io_strand>(refused));
  time.run();
  BOOST_TEST(on_strand.result().value() == 6);
  BOOST_TEST(refused);
  refused = false;
  int sum = 0;
  asio::co_spawn(context.get_executor(), sum_in_group<io_executor>(refused),
                 [&](std::exception_ptr, int got) { sum = got; });
  asio::co_spawn(context, sum_in_group<asio::any_io_executor>(refused),
                 [&](std::exception_ptr, int got) { sum += got; });
  time.run();
  BOOST_TEST(sum == 12);
  BOOST_TEST(refused);
}

EACH_OWNER(a_child_may_be_given_an_executor_of_its_own) {
  auto const strand = asio::make_strand(context);
  auto const runs_there = [&](curfew::task_group group) -> awaitable<bool> {
    co_await curfew::sleep_for(1s);
    group.spawn(strand, [] { return sleepy(1s); });
    co_return strand.running_in_this_thread();
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    auto const there = group.spawn(strand, {"there"}, runs_there, group);
    auto const here = group.spawn({}, runs_there, group);
    BOOST_TEST(co_await there.join());
    BOOST_TEST(!co_await here.join());
    BOOST_TEST(!strand.running_in_this_thread());
  };
  run([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  BOOST_TEST((elapsed() == 2s));
}

BOOST_AUTO_TEST_SUITE_END()
