#include "../interop/stepper.hpp"
#include "../operations/manual_op.hpp"
#include "owners.hpp"

#include <deque>

// Handles, how long they last, and what a task knows of the deadlines around it.

BOOST_AUTO_TEST_SUITE(task_handle)

namespace {

struct knowledge {
  curfew::clock::time_point deadline;
  bool known = false;
};

/// Writes down the deadline that it knows, after a while.
awaitable<> learn(knowledge& here, curfew::clock::duration after = 0s) {
  co_await curfew::sleep_for(after);
  here = {(co_await curfew::this_task::self()).effective_deadline(), true};
}

/// A chain of tasks, each of which spawns the next and waits for it.
awaitable<int> chain(int depth, held kept) {
  if (depth == 0) co_return 0;
  auto const next = curfew::spawn(co_await asio::this_coro::executor, {}, chain, depth - 1, kept);
  co_return co_await next.join() + 1;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_handle_that_refers_to_no_task_says_so) {
  curfew::task<int> none;
  BOOST_TEST(!none.valid());
  BOOST_TEST((none == curfew::task<int>()));
  for (auto const& said :
       {thrown_by([&] { none.done(); }), thrown_by([&] { none.cancelled(); }),
        thrown_by([&] { none.result(); }), thrown_by([&] { none.name(); }),
        thrown_by([&] { none.id(); }), thrown_by([&] { none.reason(); }),
        thrown_by([&] { none.cancel(); }), thrown_by([&] { (void)none.join(); }),
        thrown_by([&] { (void)std::move(none).join(); }), thrown_by([&] { (void)none.wait(); })})
    BOOST_TEST(said == "invalid_state");
}

BOOST_FIXTURE_TEST_CASE(a_handle_that_was_moved_from_refers_to_no_task, fixture) {
  auto t = curfew::spawn(context, give(7, 1s));
  auto moved = std::move(t);
  BOOST_TEST(!t.valid());
  BOOST_TEST(thrown_by([&] { t.cancel(); }) == "invalid_state");
  BOOST_TEST(moved.valid());
  BOOST_TEST(thrown_by([&] { (void)moved.result(); }) == "invalid_state");  // not yet
  time.run();
  BOOST_TEST(moved.result().value() == 7);
}

BOOST_FIXTURE_TEST_CASE(a_handle_tells_its_task_from_others, fixture) {
  auto a = curfew::spawn(context, {"a"}, give, 1, 1s, held());
  auto b = curfew::spawn(context, curfew::spawn_options("b").deadline(curfew::task_deadline::fresh),
                         give, 2, 1s, held());
  auto const c = curfew::spawn(context, give(3, 1s));
  BOOST_TEST(a.name() == "a");
  BOOST_TEST(b.name() == "b");
  BOOST_TEST(c.name().empty());
  BOOST_TEST(a.id() < b.id());
  BOOST_TEST(b.id() < c.id());
  auto const same = a;
  BOOST_TEST((same == a));
  BOOST_TEST(!(a == b));
  BOOST_TEST(same.id() == a.id());
  time.run();
  BOOST_TEST(a.name() == "a");
}

BOOST_FIXTURE_TEST_CASE(dropping_all_handles_cancels_nothing, fixture) {  // TC-20
  int done = 0;
  auto const body = [&](held) -> awaitable<> {
    co_await curfew::sleep_for(1s);
    ++done;
  };
  auto const argument = make_held();
  {
    auto const dropped = curfew::spawn(context, {}, body, argument);
  }
  BOOST_TEST(argument.use_count() == 2);
  time.run();
  BOOST_TEST(done == 1);
  BOOST_TEST(argument.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(a_handle_outlives_its_context) {
  auto const argument = make_held();
  curfew::task<int> ended, running, unstarted, on_strand, on_pool, on_pool_strand;
  {
    fixture f;
    ended = curfew::spawn(f.context, give(7, 0s, argument));
    running = curfew::spawn(f.context, give(8, 1h, argument));
    on_strand = curfew::spawn(asio::make_strand(f.context), give(9, 1h, argument));
    f.time.settle();
    unstarted = curfew::spawn(f.context, give(10, 1h, argument));
    BOOST_TEST(argument.use_count() > 3);
    // The fixture looks for what is left over; the context alone is to end it.
    for (auto* each : {&running, &on_strand}) BOOST_TEST(!each->done());
    f.time.settle();
    asio::thread_pool pool(1);
    on_pool = curfew::spawn(pool, give(11, 1h, argument));
    on_pool_strand = curfew::spawn(asio::make_strand(pool), give(12, 1h, argument));
    pool.stop();
    pool.join();
    running.cancel();
    on_strand.cancel();
    unstarted.cancel();
    f.time.settle();
  }
  BOOST_TEST(ended.result().value() == 7);
  for (auto* each : {&running, &unstarted, &on_strand, &on_pool, &on_pool_strand}) {
    BOOST_TEST(each->done());
    BOOST_TEST(each->cancelled());
    BOOST_TEST(!each->cancel());
    BOOST_TEST(end_of(each->result().error()) == end::aborted);
  }
  BOOST_TEST(argument.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(destroying_the_context_at_any_moment_ends_tasks_as_cancelled) {
  for (int k = 0;; ++k) {
    auto const argument = make_held();
    stepper s;
    auto deep = curfew::spawn(*s.context, {}, chain, 4, argument);
    auto timed = curfew::spawn(*s.context, curfew::wait_for(give(1, 2s, argument), 1s));
    auto joins = curfew::spawn(
        *s.context, curfew::finally(deep.join(), [&](auto const&) { return sleepy(1s); }));
    bool more = true;
    for (int i = 0; i < k && more; ++i) more = s.step();
    bool const was_done = deep.done() && joins.done() && timed.done();
    s.destroy();
    BOOST_REQUIRE(s.is_clean());
    BOOST_REQUIRE(argument.use_count() == 1);
    BOOST_REQUIRE((deep.done() && timed.done() && joins.done()));
    BOOST_REQUIRE(!deep.cancel());
    (void)timed.result();
    (void)joins.result();
    if (!more) {
      BOOST_TEST(was_done);
      BOOST_TEST(k > 10);
      break;
    }
  }
}

BOOST_FIXTURE_TEST_CASE(tasks_that_spawn_tasks_go_deep, fixture) {
  auto const argument = make_held();
  auto const t = curfew::spawn(context, {}, chain, 400, argument);
  time.run();
  BOOST_TEST(t.result().value() == 400);
  BOOST_TEST(argument.use_count() == 1);
}

BOOST_FIXTURE_TEST_CASE(a_child_that_outlives_the_context_of_its_group_is_asked_to_stop, fixture) {
  captured_cerr const cerr;
  auto const argument = make_held();
  auto const other = curfew::spawn(context, give(7, 1s));
  int asked = 0;
  auto const fails = [](held) -> awaitable<> {
    auto const slept = co_await curfew::settle(curfew::sleep_for(1s));
    throw failure(slept ? "slept" : "nobody waits");
  };
  std::optional<asio::io_context> dying(std::in_place);
  auto const body = [&](curfew::task_group& group, held) -> awaitable<> {
    group.spawn(context, {"late"}, fails, argument);
    group.spawn(context, {}, until_asked, std::ref(asked), argument);
    co_await curfew::sleep_forever();
  };
  auto owner = curfew::spawn(*dying, [&] { return curfew::with_task_group(body, argument); });
  dying->poll();
  time.settle();
  dying.reset();
  BOOST_TEST(owner.cancelled());
  BOOST_TEST(argument.use_count() > 1);
  time.run();
  BOOST_TEST(argument.use_count() == 1);
  BOOST_TEST(asked == 1);
  BOOST_TEST(other.result().value() == 7);
  BOOST_TEST(cerr.count("\"late\"") == 1);
  BOOST_TEST(cerr.count("nobody waits") == 1);
}

EACH_OWNER(a_child_knows_the_deadline_around_its_group) {
  knowledge inherited, fresh, alone, later;
  auto const began = time.now();
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn({}, learn, std::ref(inherited), 0s);
    group.spawn(curfew::spawn_options().deadline(curfew::task_deadline::fresh), learn,
                std::ref(fresh), 0s);
    curfew::spawn(co_await asio::this_coro::executor, {}, learn, std::ref(alone), 0s);
    co_await curfew::sleep_for(1s);
    co_await curfew::timeout(2s, [&]() -> awaitable<> {  // inside the group: none of the child's
      group.spawn({}, learn, std::ref(later), 0s);
      co_return;
    });
  };
  run([&]() -> awaitable<> {
    co_await curfew::timeout(1h, [&] { return curfew::with_task_group(body); });
  });
  BOOST_TEST((inherited.deadline == began + 1h));
  BOOST_TEST((later.deadline == began + 1h));
  BOOST_TEST((fresh.deadline == curfew::clock::time_point::max()));
  BOOST_TEST((alone.known && alone.deadline == curfew::clock::time_point::max()));
}

EACH_OWNER(a_child_knows_a_deadline_that_was_moved_before_it_was_spawned) {
  knowledge before, after, nested;
  auto const began = time.now();
  auto const nest = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn({}, learn, std::ref(nested), 0s);
    co_return;
  };
  auto const scope = [&](curfew::timeout_scope& limit) -> awaitable<> {
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      group.spawn({}, learn, std::ref(before), 0s);
      co_await curfew::sleep_for(1s);
      BOOST_TEST(limit.reschedule_after(2h));
      group.spawn({}, learn, std::ref(after), 0s);
      group.spawn({}, [&] { return curfew::with_task_group(nest); });
    };
    co_await curfew::with_task_group(body);
  };
  run([&]() -> awaitable<> { co_await curfew::timeout(1h, scope); });
  BOOST_TEST((before.deadline == began + 1h));
  BOOST_TEST((after.deadline == began + 1s + 2h));
  BOOST_TEST((nested.deadline == began + 1s + 2h));
}

EACH_OWNER(a_shield_between_hides_the_deadline) {
  knowledge inside;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn({}, learn, std::ref(inside), 0s);
    co_return;
  };
  run([&]() -> awaitable<> {
    co_await curfew::timeout(1h, [&] { return curfew::shield(curfew::with_task_group(body)); });
  });
  BOOST_TEST((inside.known && inside.deadline == curfew::clock::time_point::max()));
}

BOOST_AUTO_TEST_SUITE_END()
