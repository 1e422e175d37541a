#include "../interop/task_threads.hpp"

#include <curfew/shutdown_control.hpp>
#include <latch>

BOOST_AUTO_TEST_SUITE(shutdown_control)

namespace {

using curfew::cancellation_cause;
using control_handle = curfew::shutdown_control;
using curfew::stage;

constexpr stage stages[] = {stage::running, stage::draining, stage::cancelling, stage::forced};

}  // namespace

BOOST_AUTO_TEST_CASE(one_that_belongs_to_no_run_goes_a_stage_further_with_each_request) {
  control_handle control;
  for (auto const each : stages) {
    BOOST_TEST((control.current() == each));
    BOOST_TEST(control.requested() == (each != stage::running));
    BOOST_TEST(control.draining().cancelled() == (each >= stage::draining));
    BOOST_TEST(control.cancelling().cancelled() == (each >= stage::cancelling));
    BOOST_TEST((control.report().stage == each));
    control.request();
  }
  control.request();
  BOOST_TEST((control.current() == stage::forced));
}

BOOST_AUTO_TEST_CASE(the_first_reason_sticks_everywhere) {
  control_handle control;
  BOOST_TEST(!control.reason());
  control.request({cancellation_cause::shutdown, "first"});
  control.request({cancellation_cause::requested, "second"});
  BOOST_TEST(control.reason().text() == "first");
  BOOST_TEST((control.reason().cause() == cancellation_cause::shutdown));
  BOOST_TEST(control.draining().reason().text() == "first");
  BOOST_TEST(control.cancelling().reason().text() == "first");
  BOOST_TEST(control.report().reason.text() == "first");
}

BOOST_AUTO_TEST_CASE(a_request_without_a_reason_says_that_it_is_the_shutdown_and_where) {
  control_handle control;
  control.request();
  BOOST_TEST((control.reason().cause() == cancellation_cause::shutdown));
  BOOST_TEST(
      std::string(control.reason().where().file_name()).ends_with("shutdown_control_test.cpp"));
}

BOOST_AUTO_TEST_CASE(a_reason_that_says_nothing_counts_as_the_shutdown) {
  control_handle control;
  control.request(cancellation_cause::none);
  BOOST_TEST((control.reason().cause() == cancellation_cause::shutdown));
  BOOST_TEST((control.draining().reason().cause() == cancellation_cause::shutdown));
  BOOST_TEST(control.requested());
}

BOOST_AUTO_TEST_CASE(copies_are_the_same_handle) {
  control_handle control;
  auto copy = control;
  copy.request();
  BOOST_TEST((control.current() == stage::draining));
  BOOST_TEST((control.draining() == copy.draining()));
  control_handle const other;
  BOOST_TEST((other.current() == stage::running));
}

BOOST_AUTO_TEST_CASE(its_tokens_outlive_it) {
  auto const token = [] {
    control_handle control;
    auto draining = control.draining();
    control.request();
    return draining;
  }();
  BOOST_TEST(token.cancelled());
}

BOOST_AUTO_TEST_CASE(a_callback_may_ask_again_and_each_stage_comes_after_the_other) {
  control_handle control;
  std::string order;
  auto const drain = control.draining().on_cancel([&] {
    order += "draining(";
    control.request();
    control.request();
    BOOST_TEST((control.current() == stage::draining));  // it goes on when this returns
    order += ")";
  });
  auto const cancel = control.cancelling().on_cancel([&] { order += "cancelling"; });
  control.request();
  BOOST_TEST(order == "draining()cancelling");
  BOOST_TEST((control.current() == stage::forced));
}

BOOST_AUTO_TEST_CASE(a_callback_may_read_everything) {
  control_handle control;
  std::string seen;
  auto const callback = control.draining().on_cancel([&] {
    seen = control.reason().text() + ' ' + std::string(to_string(control.current())) + ' ' +
           std::to_string(control.report().refused.size());
  });
  control.request("stop");
  BOOST_TEST(seen == "stop draining 0");
}

BOOST_AUTO_TEST_CASE(it_ends_what_waits_for_its_tokens) {
  fixture f;
  control_handle control;
  f.start([&]() -> awaitable<> {
    auto const got = co_await curfew::idle(curfew::sleep_forever(), control.draining());
    BOOST_TEST(!got);
    ENDS(end::aborted, curfew::cancel_when(curfew::sleep_forever(), control.cancelling()));
  });
  f.time.settle();
  control.request();
  f.time.settle();
  BOOST_TEST(!f.ended);
  control.request();
  f.time.settle();
  BOOST_TEST((f.ended == end::value));
}

// ---- from many threads

BOOST_AUTO_TEST_CASE(from_many_threads_each_stage_is_entered_once_and_one_reason_wins) {
  for (int round = 0; round < 300; ++round) {
    control_handle control;
    std::atomic<int> drained{0}, cancelled{0}, wrong{0};
    auto const drain = control.draining().on_cancel([&] { ++drained; });
    auto const cancel = control.cancelling().on_cancel([&] { ++cancelled; });
    auto const ask = [&](std::string name) {
      return [&control, &wrong, name] {
        control.request({cancellation_cause::shutdown, name});
        auto const seen = control.current();
        (void)control.report();
        bool const goes_back = control.current() < seen;
        wrong += !control.requested() || goes_back || !control.reason();
      };
    };
    at_once(ask("a"), ask("b"), ask("c"), ask("d"));
    BOOST_REQUIRE((control.current() == stage::forced));
    BOOST_REQUIRE(drained == 1);
    BOOST_REQUIRE(cancelled == 1);
    BOOST_REQUIRE(wrong == 0);
    BOOST_REQUIRE(control.reason().text() == control.draining().reason().text());
  }
}

BOOST_AUTO_TEST_CASE(a_stage_that_is_seen_has_its_token_cancelled_soon) {
  for (int round = 0; round < 200; ++round) {
    control_handle control;
    std::atomic<int> wrong{0};
    auto const look = [&] {
      while (!control.draining().cancelled()) std::this_thread::yield();
      wrong += control.current() < stage::draining || !control.requested() ||
               control.reason().text() != "now";
    };
    at_once([&] { control.request("now"); }, look, look);
    BOOST_REQUIRE(wrong == 0);
  }
}

BOOST_AUTO_TEST_SUITE_END()
