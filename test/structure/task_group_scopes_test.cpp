#include "../operations/manual_op.hpp"
#include "owners.hpp"

// Groups among the scopes, shields and cleanups around them and inside them.

BOOST_AUTO_TEST_SUITE(task_group_scopes)

namespace {

/// Writes down when it was asked to stop.
awaitable<> note_asked(std::vector<curfew::clock::duration>& at, fixture const& f) {
  ENDS(end::aborted, curfew::sleep_forever());
  at.push_back(f.elapsed());
}

}  // namespace

EACH_OWNER(children_hear_a_request_while_the_body_is_in_a_shield) {  // rule 19
  std::vector<curfew::clock::duration> heard;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn({}, note_asked, std::ref(heard), std::cref(*this));
    co_await curfew::shield(curfew::sleep_for(5s));
    BOOST_TEST(group.size() == 0U);
    BOOST_TEST(group.token().cancelled());
    co_await curfew::sleep_for(1h);
  };
  start([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  time.advance(1s);
  ask_and_settle();
  finish(end::aborted);
  BOOST_TEST(heard.size() == 1U);
  BOOST_TEST((heard.at(0) == 1s));
  BOOST_TEST((elapsed() == 5s));
}

EACH_OWNER(children_hear_a_deadline_while_the_body_is_in_a_shield) {
  std::vector<curfew::clock::duration> heard;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn({}, note_asked, std::ref(heard), std::cref(*this));
    co_await curfew::shield(curfew::sleep_for(5s));
    co_await curfew::sleep_for(1h);
  };
  run([&]() -> awaitable<> {
    SAYS("timed_out", curfew::timeout(2s, [&] { return curfew::with_task_group(body); }));
    BOOST_TEST((elapsed() == 5s));
  });
  BOOST_TEST(heard.size() == 1U);
  BOOST_TEST((heard.at(0) == 2s));
}

EACH_OWNER(a_shield_around_a_group_protects_all_of_it) {
  int got = 0;
  auto const body = [&](curfew::task_group& group) -> awaitable<int> {
    auto const child = group.spawn(give(7, 3s));
    co_await curfew::sleep_for(1s);
    BOOST_TEST(!group.token().cancelled());
    group.spawn(sleepy(4s));
    co_return co_await child.join();
  };
  start([&]() -> awaitable<> {
    got = co_await curfew::shield(curfew::with_task_group(body));
    ENDS(end::aborted, curfew::sleep_for(1s));
  });
  settle();
  ask_and_settle();
  finish();
  BOOST_TEST(got == 7);
  BOOST_TEST((elapsed() == 5s));
}

EACH_OWNER(a_shield_with_a_grace_protects_a_group_for_that_long) {
  std::vector<curfew::clock::duration> heard;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn({}, note_asked, std::ref(heard), std::cref(*this));
    co_await curfew::sleep_forever();
  };
  start([&]() -> awaitable<> {
    co_await curfew::shield(curfew::with_task_group(body), curfew::grace{2s});
  });
  time.advance(1s);
  ask_and_settle();
  finish(end::aborted);
  BOOST_TEST(heard.size() == 1U);
  BOOST_TEST((heard.at(0) == 3s));
}

EACH_OWNER(a_failure_inside_a_shield_stops_the_group_all_the_same) {
  int asked = 0;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(until_asked(asked));
    group.spawn(fail("broken", 1s));
    co_await until_asked(asked);
  };
  run([&]() -> awaitable<> {
    SAYS("broken", curfew::shield(curfew::with_task_group(body)));
    BOOST_TEST((elapsed() == 1s));
  });
  BOOST_TEST(asked == 2);
}

EACH_OWNER(a_shielded_body_is_waited_for_when_a_child_fails) {  // TG-12
  std::string order;
  auto const cleanup = [&](auto const&) -> awaitable<> {
    co_await curfew::sleep_for(3s);
    order += 'c';
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(fail("broken", 1s));
    group.spawn(curfew::finally(curfew::sleep_forever(), cleanup));
    co_await curfew::finally(curfew::sleep_forever(), cleanup);
    order += 'x';
  };
  run([&]() -> awaitable<> { SAYS("broken", curfew::with_task_group(body)); });
  BOOST_TEST(order == "cc");
  BOOST_TEST((elapsed() == 4s));
}

EACH_OWNER(a_cleanup_runs_to_its_end_in_a_stopped_child_and_its_failure_gives_way) {
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(
        curfew::finally(curfew::sleep_forever(), [](auto const&) { return fail("cleanup", 1s); }));
    co_await asio::post(asio::deferred);
    group.cancel();
  };
  auto const clean = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(curfew::finally(curfew::sleep_forever(), [](auto const&) { return sleepy(1s); }));
    co_await asio::post(asio::deferred);
    group.cancel();
  };
  run([&]() -> awaitable<> {
    co_await curfew::with_task_group(clean);
    // Of the body's abort and the cleanup's error the body's wins: rule 18.
    SAYS("value", curfew::with_task_group(body));
  });
  BOOST_TEST((elapsed() == 2s));
}

EACH_OWNER(a_scope_that_expires_while_the_group_waits_stops_the_children) {
  for (bool const move_on : {false, true}) {
    int asked = 0;
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      for (int i = 0; i < 3; ++i) group.spawn(until_asked(asked));
      co_return;
    };
    run([&]() -> awaitable<> {
      if (move_on)
        BOOST_TEST(
            !co_await curfew::move_on_after(2s, [&] { return curfew::with_task_group(body); }));
      else
        SAYS("timed_out", curfew::wait_for(curfew::with_task_group(body), 2s));
      co_await curfew::checkpoint();
    });
    BOOST_TEST(asked == 3);
  }
  BOOST_TEST((elapsed() == 4s));
}

EACH_OWNER(a_limit_inside_the_body_is_no_affair_of_the_children) {
  auto const body = [&](curfew::task_group& group) -> awaitable<int> {
    auto const child = group.spawn(give(7, 5s));
    SAYS("timed_out", curfew::timeout(1s, [] { return sleepy(1h); }));
    auto const spawner = [&]() -> awaitable<> {
      group.spawn(give(8, 5s));  // not in the scope, but in the group
      co_await curfew::sleep_forever();
    };
    BOOST_TEST(!co_await curfew::move_on_after(1s, spawner));
    BOOST_TEST(group.size() == 2U);
    co_return co_await child.join();
  };
  run([&]() -> awaitable<> { BOOST_TEST(co_await curfew::with_task_group(body) == 7); });
  BOOST_TEST((elapsed() == 6s));
}

EACH_OWNER(a_token_around_a_group_stops_it) {
  curfew::cancellation_source source;
  int asked = 0;
  curfew::cancellation_reason reason;
  auto const child = [&]() -> awaitable<> {
    auto const self = co_await curfew::this_task::self();
    ENDS(end::aborted, curfew::sleep_forever());
    reason = self.reason();
    ++asked;
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(child);
    co_await until_asked(asked);
  };
  start([&]() -> awaitable<> {
    SAYS("aborted", curfew::cancel_when(curfew::with_task_group(body), source.token()));
    co_await curfew::checkpoint();
  });
  settle();
  source.cancel({"the user left"});
  finish();
  BOOST_TEST(asked == 2);
  BOOST_TEST(reason.text() == "the user left");
}

EACH_OWNER(a_group_token_reaches_what_is_no_child) {
  curfew::task<void> stranger;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    stranger = curfew::spawn(context, curfew::cancel_when(sleepy(1h), group.token()));
    co_await curfew::sleep_for(1s);
    group.cancel();
  };
  run([&]() -> awaitable<> {
    co_await curfew::with_task_group(body);
    co_await stranger.wait();
  });
  BOOST_TEST(end_of(stranger.result().error()) == end::aborted);
  BOOST_TEST((elapsed() == 1s));
}

EACH_OWNER(a_group_that_is_entered_when_asked_already_stops_its_children_at_once) {  // TG-26
  int ran = 0;
  std::string said;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    ++ran;
    said = thrown_by([&] { group.spawn(sleepy(1h)); });
    co_await curfew::sleep_for(1h);
  };
  start([&]() -> awaitable<> {
    co_await asio::post(asio::deferred);
    auto op = curfew::with_task_group(body);
    ask();
    co_await std::move(op);
  });
  finish(end::aborted);
  BOOST_TEST(ran == 0);  // Asio refuses the co_await
  start([&]() -> awaitable<> {
    co_await asio::post(asio::deferred);
    co_await asio::this_coro::throw_if_cancelled(false);
    ask();
    co_await curfew::with_task_group(body);
  });
  finish(end::aborted);
  BOOST_TEST((ran == 0 || said == "group_closed"));
  BOOST_TEST((elapsed() == 0s));
}

BOOST_AUTO_TEST_SUITE_END()
