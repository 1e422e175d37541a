#include "conformance.hpp"

#include "../child_process.hpp"
#include "../interop/task_threads.hpp"
#include "../mechanisms/token_counts.hpp"
#include "../operations/manual_op.hpp"

#include <stop_token>

BOOST_AUTO_TEST_SUITE(conforming_token_callbacks)

namespace {

using curfew::cancellation_callback;
using curfew::cancellation_source;
using curfew::cancellation_token;

}  // namespace

CONFORMS("TT-10", of_requests_from_many_threads_one_counts_and_each_returns_when_all_is_cancelled) {
  for (int round = 0; round < 20; ++round) {
    cancellation_source root;
    std::vector<cancellation_source> below;
    for (int i = 0; i < 10'000; ++i) below.emplace_back(root.token());
    std::atomic<int> first{0}, missed{0};
    auto const cancel = [&] {
      auto mine = root;
      first += mine.cancel();
      missed += !below.back().cancelled();
    };
    auto const cancel_later = [&] {
      while (!root.cancelled()) continue;
      cancel();
    };
    at_once(cancel, cancel, cancel_later);
    BOOST_REQUIRE(first == 1);
    BOOST_REQUIRE(missed == 0);
    BOOST_REQUIRE(!root.cancel());
  }
}

CONFORMS("TT-11", a_callback_may_register_and_remove_others_and_destroy_the_source) {
  auto source = std::make_optional<cancellation_source>();
  auto const token = source->token();
  std::string called;
  std::optional<cancellation_callback> removed, added;
  auto const first = token.on_cancel([&] {
    called += "1";
    added = token.on_cancel([&] { called += "+"; });
    removed.reset();
    source.reset();
  });
  removed = token.on_cancel([&] { called += "never"; });
  auto const last = token.on_cancel([&] { called += "3"; });
  source->cancel();
  BOOST_TEST(called == "1+3");
  BOOST_TEST(!source.has_value());
  BOOST_TEST(count_listeners(token) == 0U);
}

CONFORMS("TT-12", a_callback_on_a_cancelled_token_runs_at_once_where_it_is_registered) {
  cancellation_source source;
  std::thread([&] { source.cancel({"early"}); }).join();
  std::thread::id where;
  std::string why;
  auto const callback = source.token().on_cancel([&](curfew::cancellation_reason const& reason) {
    where = std::this_thread::get_id();
    why = reason.text();
  });
  BOOST_TEST((where == std::this_thread::get_id()));
  BOOST_TEST(why == "early");
}

CONFORMS("TT-13", removing_a_callback_waits_for_its_run_elsewhere_and_not_for_its_own) {
  cancellation_source source;
  std::atomic<int> running{0}, removing{0}, finished{0};
  auto callback = source.token().on_cancel([&] {
    ++running;
    wait_for(removing, 1);
    for (int i = 0; i < 1000; ++i) std::this_thread::yield();
    ++finished;
  });
  std::thread canceller([&] { source.cancel(); });
  wait_for(running, 1);
  ++removing;
  BOOST_TEST(!callback.reset());
  BOOST_TEST(finished == 1);
  canceller.join();

  cancellation_source other;
  std::optional<cancellation_callback> mine;
  mine = other.token().on_cancel([&] {
    mine.reset();  // would wait for ever
    ++finished;
  });
  other.cancel();
  BOOST_TEST(finished == 2);
}

CONFORMS("TT-16", a_million_short_lived_children_leave_nothing_behind_in_their_parent) {
  cancellation_source const root;
  auto const token = root.token();
  std::size_t most = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    cancellation_source child(token);
    auto const callback = child.token().on_cancel([] {});
    if (i % 2) child.cancel();
    if (i % 1000 == 0) most = std::max(most, count_children(token) + count_listeners(token));
  }
  BOOST_TEST(most == 1U);
  BOOST_TEST(count_children(token) == 0U);
  BOOST_TEST(count_listeners(token) == 0U);
}

CONFORMS("TT-18", a_callback_that_is_removed_in_time_never_runs_and_any_other_runs_once) {
  cancellation_source source;
  int in_time = 0, too_late = 0;
  auto before = source.token().on_cancel([&] { ++in_time; });
  auto after = source.token().on_cancel([&] { ++too_late; });
  BOOST_TEST(before.reset());
  source.cancel();
  source.cancel();
  BOOST_TEST(!after.reset());
  BOOST_TEST(in_time == 0);
  BOOST_TEST(too_late == 1);
}

CONFORMS("TT-21", a_stop_from_another_thread_reaches_an_operation_where_it_runs_or_not_at_all) {
  for (int round = 0; round < 400; ++round) {
    asio::io_context context;
    std::stop_source stop;
    std::atomic<int> started{0}, elsewhere{0};
    std::thread::id home;
    std::optional<end> ended;
    bool const completes = round % 2 == 0;
    manual_op<error_code> op;
    op.on_start = [&] {
      home = std::this_thread::get_id();
      if (completes) op.post({});
      ++started;
    };
    op.on_cancel = [&] {
      elsewhere += std::this_thread::get_id() != home;
      op.post(asio::error::operation_aborted);
    };
    auto const main = [&]() -> awaitable<> {
      co_await curfew::cancel_when(op(), curfew::from_stop_token(stop.get_token()));
    };
    asio::co_spawn(context, main(), [&](std::exception_ptr error) { ended = end_of(error); });
    auto const request = [&] {
      wait_for(started, 1);
      stop.request_stop();
    };
    at_once([&] { context.run(); }, request);
    BOOST_REQUIRE(elsewhere == 0);
    BOOST_REQUIRE((ended == (completes ? end::value : end::aborted)));
  }
}

#if defined(__unix__)
CONFORMS("TT-22", a_callback_that_throws_ends_the_program_with_words) {
  auto const died = in_a_child([] {
    cancellation_source source;
    auto const callback = source.token().on_cancel([] { throw std::runtime_error("oh dear"); });
    source.cancel();
  });
  BOOST_TEST(died.aborted);
  BOOST_TEST(died.says("callback threw \"oh dear\""));
}
#endif

BOOST_AUTO_TEST_SUITE_END()
