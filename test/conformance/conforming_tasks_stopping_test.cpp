#include <thread>

#include "../operations/manual_op.hpp"
#include "../structure/owners.hpp"
#include "conformance.hpp"

// What a request does to the operation that a task waits for, and to its cleanup.

BOOST_AUTO_TEST_SUITE(conforming_tasks_stopping)

CONFORMS("TC-25", a_request_from_a_foreign_thread_unwinds_the_task_on_its_own) {
  asio::io_context context;
  std::thread::id unwound_on;
  auto const body = [&]() -> awaitable<> {
    std::shared_ptr<void> const local(nullptr,
                                      [&](auto) { unwound_on = std::this_thread::get_id(); });
    co_await curfew::sleep_forever();
  };
  auto const t = curfew::spawn(context, body);
  context.poll();
  std::thread foreign([t] { t.cancel({"from elsewhere"}); });
  context.run();  // it is woken, and has no work after that
  foreign.join();
  BOOST_TEST(t.cancelled());
  BOOST_TEST((unwound_on == std::this_thread::get_id()));
}

CONFORMS("TC-27", an_operation_that_cannot_be_aborted_gives_its_value_and_the_next_wait_fails) {
  fixture f;
  manual_op<error_code, int> op;
  int got = 0;
  auto const t = curfew::spawn(f.context, [&]() -> awaitable<> {
    got = co_await op();
    co_await curfew::sleep_for(1h);
  });
  f.time.settle();
  t.cancel();
  f.time.advance(1s);
  BOOST_TEST(op.requests.size() == 1U);
  BOOST_TEST(!t.done());
  op.post(error_code(), 7);
  f.time.run();
  BOOST_TEST(got == 7);
  BOOST_TEST(t.cancelled());
  BOOST_TEST((f.elapsed() == 1s));
}

CONFORMS("TC-28", a_task_goes_on_when_the_abort_is_done_and_never_before) {
  fixture f;
  manual_op<error_code> op;
  int buffers_freed = 0;
  auto const t = curfew::spawn(f.context, [&]() -> awaitable<> {
    witness const buffer(buffers_freed);
    co_await op();
  });
  f.time.settle();
  t.cancel();
  f.time.advance(1h);
  BOOST_TEST(!t.done());
  BOOST_TEST(buffers_freed == 0);
  op.post(asio::error::operation_aborted);
  f.time.run();
  BOOST_TEST(t.cancelled());
  BOOST_TEST(buffers_freed == 1);
}

CONFORMS("TC-31", a_second_request_neither_interrupts_the_cleanup_nor_gets_lost) {
  fixture f;
  int cleaned = 0;
  auto const cleanup = [&]() -> awaitable<> {
    co_await curfew::sleep_for(2s);
    ++cleaned;
  };
  auto const t = curfew::spawn(f.context, [&]() -> awaitable<> {
    ENDS(end::aborted, curfew::finally(sleepy(1h), cleanup));
    co_await curfew::sleep_for(1h);
  });
  f.time.settle();
  t.cancel({"first"});
  f.time.advance(1s);
  t.cancel({"second"});
  f.time.run();
  BOOST_TEST(cleaned == 1);
  BOOST_TEST(t.cancelled());
  BOOST_TEST(t.reason().text() == "first");
  BOOST_TEST((f.elapsed() == 2s));
}

CONFORMS("TC-32", sleeping_for_ever_ends_by_a_request_and_by_nothing_else) {
  fixture f;
  auto const t =
      curfew::spawn(f.context, []() -> awaitable<> { co_await curfew::sleep_forever(); });
  f.time.advance(std::chrono::hours(24 * 365 * 100));
  f.time.run();
  BOOST_TEST(!t.done());
  t.cancel();
  f.time.run();
  BOOST_TEST(t.cancelled());
}

CONFORMS("TC-33", a_request_can_be_seen_in_a_section_that_never_waits) {
  fixture f;
  curfew::task<int> me;
  auto const body = [&]() -> awaitable<int> {
    auto const self = co_await curfew::this_task::self();
    int rounds = 0;
    for (; !self.cancelled() && rounds < 10; ++rounds)
      if (rounds == 3) me.cancel({"look"});
    BOOST_TEST(self.reason().text() == "look");
    co_return rounds;
  };
  me = curfew::spawn(f.context, body);
  f.time.run();
  BOOST_TEST(me.result().value() == 4);
}

ALSO_CONFORMS("TC-33", a_request_of_another_thread_is_seen_before_the_news_of_it_arrives) {
  fixture f;
  curfew::task<void> me;
  curfew::cancellation_source source;
  auto const listening = [&]() -> awaitable<> {
    auto const self = co_await curfew::this_task::self();
    BOOST_TEST(!self.cancelled());
    std::thread([&] { source.cancel("there"); }).join();
    BOOST_TEST(self.cancelled());
    BOOST_TEST(self.cancel_requested());
    BOOST_TEST((self.reason().cause() == curfew::cancellation_cause::token));
    BOOST_TEST(self.reason().text() == "there");
    std::thread([&] { me.cancel("here"); }).join();
    BOOST_TEST(self.reason().text() == "here");  // the outermost
  };
  auto const body = [&]() -> awaitable<> {
    auto const self = co_await curfew::this_task::self();
    BOOST_TEST(!self.cancel_requested());
    co_await curfew::cancel_when(listening(), source.token());
    BOOST_TEST(self.reason().text() == "here");
  };
  me = curfew::spawn(f.context, body);
  f.time.run();
  BOOST_TEST(me.result().has_value());
}

CONFORMS("TC-35", exceptions_in_handlers_of_two_tasks_are_not_mixed) {
  fixture f;
  std::string heard;
  auto const body = [&](std::string name) -> awaitable<> {
    for (int i = 0; i < 3; ++i) {
      std::exception_ptr mine;
      try {
        co_await fail(name, 1s);
      } catch (...) {
        mine = std::current_exception();
      }
      co_await asio::post(asio::deferred);  // the other one is in the same place
      BOOST_TEST((std::current_exception() == nullptr));
      BOOST_TEST(std::uncaught_exceptions() == 0);
      heard += words_of(mine);
    }
  };
  curfew::spawn(f.context, {"a"}, body, "a");
  curfew::spawn(f.context, {"b"}, body, "b");
  f.time.run();
  BOOST_TEST(heard == "ababab");
}

BOOST_AUTO_TEST_SUITE_END()
