#include "../operations/manual_op.hpp"
#include "recorder.hpp"

#include <curfew/tasks.hpp>
#include <curfew/timeout.hpp>
#include <curfew/wait_for.hpp>

// A hook is called outside every lock: it may use curfew as any other code.

BOOST_AUTO_TEST_SUITE(observer_hooks)

namespace {

/// An operation that ends in the middle of the request to stop.
struct ends_inline : manual_op<error_code> {
  ends_inline() {
    on_cancel = [this] { complete(asio::error::operation_aborted); };
  }
};

/// Whatever can be asked of a context from outside.
void look_around(asio::io_context& context) {
  (void)curfew::tasks(context);
  (void)curfew::dump_tasks(context, curfew::dump_format::json);
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_hook_may_look_spawn_cancel_and_set_an_observer) {
  observed f;
  int spawned = 0;
  f.record->also = [&](std::string const& line) {
    look_around(f.context);
    if (line.find("other") != std::string::npos) return;
    curfew::set_observer(f.context, nullptr);
    curfew::set_observer(f.context, f.record);
    curfew::spawn(f.context, {"other"}, rest).cancel("from a hook");
    ++spawned;
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn({"sleeps"}, rest);
    ENDS(end::timed_out, curfew::wait_for(curfew::sleep_forever(), 1s));
    ENDS(end::timed_out, curfew::timeout(1s, rest));
    group.cancel("enough");
  };
  f.run([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  f.time.run();
  BOOST_TEST(spawned == 5);
  BOOST_TEST(f.record->count("end other: cancelled") == 5U);
  BOOST_TEST(f.record->count("spawn sleeps") == 1U);
  BOOST_TEST(f.record->count("expiry in no task at 1000, late 0") == 1U);
  BOOST_TEST(f.record->count("expiry in no task at 2000, late 0") == 1U);
  BOOST_TEST(f.record->count("request sleeps: requested: enough") == 1U);
  BOOST_TEST(f.record->count("end sleeps: cancelled") == 1U);
  BOOST_TEST(curfew::tasks(f.context).empty());
}

BOOST_AUTO_TEST_CASE(a_hook_may_cancel_the_very_task_or_group_that_it_is_told_of) {
  for (char const* const at : {"spawn child", "expiry in child at 1000, late 0"}) {
    observed f;
    curfew::task_group* group = nullptr;
    f.record->also = [&](std::string const& line) {
      if (line == at) group->cancel("by a hook");
    };
    auto const child = []() -> awaitable<> {
      ENDS(end::aborted, curfew::timeout(1s, rest));
      co_await curfew::sleep_forever();
    };
    auto const body = [&](curfew::task_group& of) -> awaitable<> {
      group = &of;
      of.spawn({"child"}, child);
      co_return;
    };
    f.run([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
    BOOST_TEST(f.record->count("request child: requested: by a hook") == 1U);
    BOOST_TEST(f.record->lines().back() == "end child: cancelled");
  }
}

BOOST_AUTO_TEST_CASE(a_hook_at_an_end_may_cancel_the_group_that_the_task_is_leaving) {
  observed f;
  curfew::task_group* group = nullptr;
  f.record->also = [&](std::string const& line) {
    if (line == "end first: completed") group->cancel("one is enough");
  };
  auto const body = [&](curfew::task_group& of) -> awaitable<> {
    group = &of;
    of.spawn({"first"}, sleepy, 1s);
    of.spawn({"second"}, rest);
    co_return;
  };
  f.run([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  TOLD(*f.record, "spawn first", "spawn second", "end first: completed",
       "request second: requested: one is enough", "end second: cancelled");
}

// The rest of the expiry finds no operation, no block and no task any more.
BOOST_AUTO_TEST_CASE(a_hook_may_end_the_operation_whose_limit_has_passed) {
  observed f;
  curfew::task<void> task;
  ends_inline op;
  f.record->also = [&](std::string const& line) {
    if (line.starts_with("expiry")) task.cancel("by a hook");
  };
  auto const body = [&]() -> awaitable<> { co_await curfew::wait_for(op(), 1s); };
  task = curfew::spawn(f.context, {"a"}, body);
  f.time.run();
  TOLD(*f.record, "spawn a", "expiry in a at 1000, late 0", "request a: requested: by a hook",
       "end a: cancelled");
  BOOST_TEST(op.requests.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_hook_may_end_the_blocks_whose_limits_have_passed) {
  observed f;
  curfew::task<void> task;
  ends_inline op;
  f.record->also = [&](std::string const& line) {
    if (line.starts_with("expiry")) task.cancel("by a hook");
  };
  auto const wait = [&]() -> awaitable<> { co_await op(); };
  auto const inner = [&]() -> awaitable<> { co_await curfew::timeout(1s, wait); };
  auto const body = [&]() -> awaitable<> { co_await curfew::timeout(1s, inner); };
  task = curfew::spawn(f.context, {"a"}, body);
  f.time.run();
  BOOST_TEST(f.record->count("expiry in a at 1000, late 0") >= 1U);
  BOOST_TEST(f.record->count("request a: requested: by a hook") == 1U);
  BOOST_TEST(f.record->lines().back() == "end a: cancelled");
}

BOOST_AUTO_TEST_CASE(a_hook_may_end_a_block_that_was_moved_into_the_past) {
  observed f;
  curfew::task<void> task;
  ends_inline op;
  std::optional<curfew::timeout_scope> handle;
  f.record->also = [&](std::string const& line) {
    if (line.starts_with("expiry")) task.cancel("by a hook");
  };
  auto const block = [&](curfew::timeout_scope& scope) -> awaitable<> {
    handle = scope;
    co_await op();
  };
  auto const body = [&]() -> awaitable<> { co_await curfew::timeout(1h, block); };
  task = curfew::spawn(f.context, {"a"}, body);
  f.time.settle();
  asio::post(f.context, [&] { BOOST_TEST(handle->reschedule_after(0s)); });
  f.time.settle();
  TOLD(*f.record, "spawn a", "expiry in a at 0, late 0", "request a: requested: by a hook",
       "end a: cancelled");
  BOOST_TEST(op.requests.size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_shutdown_may_be_asked_for_by_a_hook) {
  observed f;
  std::optional<curfew::shutdown_control> shutdown;
  f.record->also = [&](std::string const& line) {
    if (line == "end job: completed") shutdown->request();
    look_around(f.context);
  };
  auto const main = [&](curfew::shutdown_control& control) -> awaitable<> {
    shutdown = control;
    auto const executor = co_await asio::this_coro::executor;
    curfew::spawn(executor, {"job"}, sleepy, 1s);
    co_await curfew::sleep_forever();
  };
  auto const options = curfew::run_options().signals({}).dump_signal(0).observer(f.record);
  BOOST_TEST(curfew::run(f.context, main, options) == 0);
  BOOST_TEST(f.record->count("running to draining: shutdown") == 1U);
  BOOST_TEST(f.record->count("draining to cancelling: shutdown") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
