#include "owners.hpp"

// Children that say when they are ready.

BOOST_AUTO_TEST_SUITE(task_group_start)

namespace {

using curfew::task_started;

/// Gets ready, says so, and goes on.
awaitable<> serve(task_started<int> const& started, int port, curfew::clock::duration ready_after,
                  curfew::clock::duration goes_on, held) {
  co_await curfew::sleep_for(ready_after);
  started(port);
  co_await curfew::sleep_for(goes_on);
}

/// Throws when it is moved for the third time: when it has been reported already.
struct moves_twice {
  moves_twice() = default;
  moves_twice(moves_twice&& other) : moves(other.moves + 1) {
    if (moves > 2) throw failure("moved too often");
  }
  int moves = 0;
};

}  // namespace

EACH_OWNER(start_gives_what_the_child_reports_and_the_child_goes_on) {  // TG-35
  auto const argument = make_held();
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    int const port = co_await group.start(serve, 80, 1s, 3s, argument);
    BOOST_TEST(port == 80);
    BOOST_TEST((elapsed() == 1s));
    BOOST_TEST(group.size() == 1U);
    BOOST_TEST(co_await group.start(serve, 81, 0s, 0s, argument) == 81);
  };
  run([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  BOOST_TEST((elapsed() == 4s));
  BOOST_TEST(argument.use_count() == 1);
}

EACH_OWNER(what_is_reported_may_be_nothing_or_only_move) {
  auto const nothing = [](task_started<void> const& started) -> awaitable<> {
    co_await curfew::sleep_for(1s);
    BOOST_TEST(started());
    BOOST_TEST(!started());  // the first counts
  };
  auto const moves = [](task_started<std::unique_ptr<int>> started) -> awaitable<> {
    started(std::make_unique<int>(7));
    co_return;
  };
  auto const generic = [](auto const& started, int value) -> awaitable<> {
    started(value);
    BOOST_TEST(!started(value + 1));
    co_return;
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    co_await group.start(nothing);
    BOOST_TEST((elapsed() == 1s));
    auto const pointer = co_await group.start(moves);
    BOOST_TEST(*pointer == 7);
    BOOST_TEST(co_await group.start<int>(generic, 8) == 8);
  };
  run([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
}

EACH_OWNER(what_is_reported_may_throw_when_it_is_moved) {
  bool reported = false;
  auto const throws = [&](task_started<moves_twice> const& started) -> awaitable<> {
    moves_twice first, second(std::move(first));
    reported = started(std::move(second));
    co_return;
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    auto const got = co_await curfew::settle(group.start(throws));
    BOOST_TEST(got.message() == "moved too often");
  };
  run([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  BOOST_TEST(reported);
}

EACH_OWNER(an_empty_awaitable_is_an_error_of_the_start) {
  auto const nothing = [](task_started<int> const&) { return awaitable<>(); };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    auto const got = co_await curfew::settle(group.start(nothing));
    BOOST_TEST(got.message().find("the awaitable is empty") != std::string::npos);
  };
  run([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
}

EACH_OWNER(a_child_that_fails_before_it_is_ready_fails_its_start_only) {  // TG-36
  auto const argument = make_held();
  auto const fails = [](task_started<int> const&, curfew::clock::duration after,
                        held) -> awaitable<> {
    co_await curfew::sleep_for(after);
    throw failure("no port");
  };
  auto const fails_at_once = [](task_started<int> const&) -> awaitable<> {
    throw failure("at once");
    co_return;
  };
  auto const gives_up = [](task_started<int> const&) -> awaitable<> {
    co_await curfew::sleep_for(1s);
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<int> {
    auto const sibling = group.spawn(give(7, 5s));
    SAYS("no port", group.start(fails, 1s, argument));
    BOOST_TEST(argument.use_count() == 1);
    SAYS("at once", group.start(fails_at_once));
    SAYS("invalid_state", group.start(gives_up));
    BOOST_TEST(!group.token().cancelled());
    co_return co_await sibling.join();
  };
  run([&]() -> awaitable<> { BOOST_TEST(co_await curfew::with_task_group(body) == 7); });
}

EACH_OWNER(a_child_that_fails_after_it_is_ready_fails_its_group) {  // TG-37
  int asked = 0;
  auto const fails = [](task_started<int> const& started) -> awaitable<> {
    started(80);
    co_await curfew::sleep_for(1s);
    throw failure("later");
  };
  auto const at_once = [](task_started<int> const& started) -> awaitable<> {
    started(80);
    throw failure("same tick");
    co_return;
  };
  auto const body = [&](curfew::task_group& group, auto child) -> awaitable<> {
    BOOST_TEST(co_await group.start(child) == 80);
    co_await until_asked(asked);
  };
  auto const says_at_once = [&](curfew::task_group& group) -> awaitable<> {
    (void)co_await curfew::settle(group.start(at_once));
    co_await curfew::sleep_forever();
  };
  run([&]() -> awaitable<> {
    SAYS("later", curfew::with_task_group(body, fails));
    SAYS("same tick", curfew::with_task_group(says_at_once));
  });
  BOOST_TEST(asked == 1);
}

EACH_OWNER(a_start_that_is_cancelled_takes_its_child_along) {  // TG-38
  auto const argument = make_held();
  int cleaned = 0;
  auto const slow = [&](task_started<int> const& started, held) -> awaitable<> {
    co_await curfew::finally(curfew::sleep_forever(), [&](auto const&) -> awaitable<> {
      co_await curfew::sleep_for(2s);
      ++cleaned;
    });
    started(80);
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<int> {
    auto const sibling = group.spawn(give(7, 5s));
    SAYS("timed_out", curfew::wait_for(group.start(slow, argument), 1s));
    BOOST_TEST(cleaned == 1);
    BOOST_TEST(argument.use_count() == 1);
    BOOST_TEST((elapsed() == 3s));
    co_return co_await sibling.join();  // the group goes on
  };
  run([&]() -> awaitable<> { BOOST_TEST(co_await curfew::with_task_group(body) == 7); });
}

EACH_OWNER(a_child_that_fails_while_its_start_is_cancelled_says_so) {
  auto const spoils = [](task_started<int> const&) -> awaitable<> {
    ENDS(end::aborted, curfew::sleep_forever());
    throw failure("cleanup");
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    SAYS("cleanup", curfew::wait_for(group.start(spoils), 1s));
    BOOST_TEST(!group.token().cancelled());
  };
  run([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
}

EACH_OWNER(a_report_during_the_cancelled_start_is_ignored) {  // TG-39
  bool accepted = true;
  auto const reports_late = [&](task_started<held> const& started, held mine) -> awaitable<> {
    ENDS(end::aborted, curfew::sleep_forever());
    accepted = started(mine);
    mine.reset();
  };
  auto const argument = make_held();
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    SAYS("timed_out", curfew::wait_for(group.start(reports_late, argument), 1s));
    BOOST_TEST(argument.use_count() == 1);
  };
  run([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  BOOST_TEST(!accepted);
}

EACH_OWNER(a_start_that_is_cancelled_as_the_child_reports_keeps_the_value) {  // TG-39
  int got = 0, asked = 0;
  auto const child = [&](task_started<int> const& started) -> awaitable<> {
    co_await curfew::sleep_for(1s);
    BOOST_TEST(started(80));
    ask();
    co_await until_asked(asked);
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    got = co_await group.start(child);
  };
  start([&]() -> awaitable<> { SAYS("aborted", curfew::with_task_group(body)); });
  finish();
  BOOST_TEST(got == 80);
  BOOST_TEST((elapsed() == 1s));
}

EACH_OWNER(a_child_may_ask_who_starts_it_to_stop_in_its_first_step) {
  std::string said;
  int asked = 0;
  auto const reports = [&](task_started<int> const& started) -> awaitable<> {
    ask();
    BOOST_TEST(started(80));
    co_return;
  };
  auto const waits = [&](task_started<int> const&) -> awaitable<> {
    ask();
    co_await until_asked(asked);
  };
  auto const fails = [&](task_started<int> const&) -> awaitable<> {
    ask();
    throw failure("no port");
    co_return;
  };
  std::optional<curfew::task_group> kept;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    kept = group;
    co_await curfew::sleep_for(5s);
  };
  auto const group = curfew::spawn(context, [&] { return curfew::with_task_group(body); });
  auto const started_with = [&](auto child) {
    start([&, child]() -> awaitable<> {
      co_await curfew::sleep_for(1s);
      auto const got = co_await curfew::settle(kept->start(child));
      said = got ? std::to_string(got.value()) : words_of(got.error());
      BOOST_TEST(kept->size() == 0U);
      co_await curfew::checkpoint();
    });
    time.advance(1s);
    settle();
    BOOST_TEST((ended == end::aborted));
    return said;
  };
  BOOST_TEST(started_with(reports) == "80");
  BOOST_TEST(started_with(waits) == "aborted");
  BOOST_TEST(started_with(fails) == "no port");
  time.run();
  BOOST_TEST(group.result().has_value());
  BOOST_TEST(asked == 1);
}

EACH_OWNER(a_pending_start_keeps_the_group_open) {  // TG-40
  std::optional<curfew::task_group> kept;
  int port = 0;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    kept = group;
    group.spawn(sleepy(1s));
    co_return;
  };
  auto const other = [&]() -> awaitable<> {
    port = co_await kept->start(serve, 80, 3s, 2s, held());
  };
  start([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  settle();
  curfew::spawn(context, other);
  finish();
  BOOST_TEST(port == 80);
  BOOST_TEST((elapsed() == 5s));
}

EACH_OWNER(a_start_into_a_group_that_is_being_stopped) {  // TG-41
  for (auto const cancel_after : {500ms, 1000ms, 1500ms}) {
    std::optional<curfew::task_group> kept;
    std::string said;
    int asked = 0;
    auto const child = [&](task_started<int> const& started) -> awaitable<> {
      co_await curfew::sleep_for(1s);
      started(80);
      co_await until_asked(asked);
    };
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      kept = group;
      co_await curfew::sleep_for(cancel_after);
      group.cancel();
    };
    auto const other = [&]() -> awaitable<> {
      auto const got = co_await curfew::settle(kept->start(child));
      said = got ? std::to_string(got.value()) : words_of(got.error());
    };
    start([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
    settle();
    curfew::spawn(context, other);
    finish();
    BOOST_TEST(said == (cancel_after == 500ms    ? "task_cancelled"
                        : cancel_after == 1500ms ? "80"
                                                 : said));
    BOOST_TEST((said == "task_cancelled" || said == "80"));
    if (cancel_after != 1000ms) BOOST_TEST(asked == (said == "80"));
  }
}

EACH_OWNER(a_child_that_is_started_knows_that_its_start_was_cancelled) {
  curfew::cancellation_reason why;
  auto const child = [&](task_started<int> const&) -> awaitable<> {
    auto const self = co_await curfew::this_task::self();
    ENDS(end::aborted, curfew::sleep_forever());
    why = self.reason();
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    SAYS("timed_out", curfew::wait_for(group.start(child), 1s));
  };
  run([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  BOOST_TEST((why.cause() == curfew::cancellation_cause::parent));
}

BOOST_AUTO_TEST_SUITE_END()
