#include "../support.hpp"
#include "token_counts.hpp"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(stop_token)

namespace {

using curfew::cancellation_source;
using curfew::cancellation_token;
using curfew::from_stop_token;
using curfew::to_stop_token;

}  // namespace

// ---- from std::stop_token

BOOST_AUTO_TEST_CASE(a_stop_request_cancels_with_a_reason_that_names_its_kind) {
  std::stop_source stop;
  auto const token = from_stop_token(stop.get_token());
  BOOST_TEST(static_cast<bool>(token));
  BOOST_TEST(!token.cancelled());
  int told = 0;
  auto const callback = token.on_cancel([&] { ++told; });
  BOOST_TEST(stop.request_stop());
  BOOST_TEST(token.cancelled());
  BOOST_TEST(told == 1);  // on the thread that asked
  BOOST_TEST((token.reason().cause() == curfew::cancellation_cause::token));
  BOOST_TEST(token.reason().text() == "std::stop_token");
}

BOOST_AUTO_TEST_CASE(a_stop_that_was_requested_gives_a_cancelled_token) {
  std::stop_token stopped;
  {
    std::stop_source stop;
    stop.request_stop();
    BOOST_TEST(from_stop_token(stop.get_token()).cancelled());
    stopped = stop.get_token();
  }
  auto const token = from_stop_token(stopped);  // its source is gone
  BOOST_TEST(token.cancelled());
  BOOST_TEST(cancellation_source(token).cancelled());
}

BOOST_AUTO_TEST_CASE(a_stop_that_nobody_can_request_gives_an_empty_token) {
  BOOST_TEST(!from_stop_token(std::stop_token()));
  auto const orphan = std::stop_source().get_token();
  BOOST_TEST(!from_stop_token(orphan));
}

BOOST_AUTO_TEST_CASE(a_stop_source_may_go_before_its_token) {
  cancellation_token token;
  {
    std::stop_source stop;
    token = from_stop_token(stop.get_token());
  }
  BOOST_TEST(static_cast<bool>(token));
  BOOST_TEST(!token.cancelled());
}

BOOST_AUTO_TEST_CASE(whatever_is_left_of_a_token_hears_the_request) {
  std::stop_source stop;
  cancellation_source const child(from_stop_token(stop.get_token()));
  auto const any =
      cancellation_token::any_of(cancellation_source().token(), from_stop_token(stop.get_token()));
  int told = 0;
  auto const callback = from_stop_token(stop.get_token()).on_cancel([&] { ++told; });
  stop.request_stop();
  BOOST_TEST(child.cancelled());
  BOOST_TEST(any.cancelled());
  BOOST_TEST(told == 1);
}

BOOST_AUTO_TEST_CASE(tokens_that_come_and_go_leave_nothing_behind_in_a_stop) {
  std::stop_source stop;
  auto const kept = std::make_shared<int>();
  for (int i = 0; i < 100'000; ++i) {
    cancellation_source const child(from_stop_token(stop.get_token()));
    auto const callback = child.token().on_cancel([kept] { ++*kept; });
  }
  stop.request_stop();  // would touch what is gone
  BOOST_TEST(*kept == 0);
}

BOOST_AUTO_TEST_CASE(a_callback_may_drop_the_last_of_the_token_that_calls_it) {
  auto stop = std::make_unique<std::stop_source>();
  std::optional<cancellation_token> token(from_stop_token(stop->get_token()));
  std::optional<curfew::cancellation_callback> callback;
  int told = 0;
  callback = token->on_cancel([&] {
    ++told;
    token.reset();
    callback.reset();
    stop.reset();
  });
  auto other = *stop;
  other.request_stop();
  BOOST_TEST(told == 1);
}

BOOST_FIXTURE_TEST_CASE(a_stop_request_ends_operations, fixture) {  // TT-21
  std::stop_source stop;
  curfew::sleep_for(context, 1s)([&](error_code) { stop.request_stop(); });
  run([&]() -> awaitable<> {
    ENDS(end::aborted,
         curfew::cancel_when(curfew::sleep_forever(), from_stop_token(stop.get_token())));
    co_await from_stop_token(stop.get_token()).wait();
  });
  BOOST_TEST(elapsed() == 1s);
}

// ---- to std::stop_token

BOOST_AUTO_TEST_CASE(a_cancellation_requests_a_stop_once) {
  cancellation_source source;
  auto const stop = to_stop_token(source.token());
  BOOST_TEST(stop.stop_possible());
  BOOST_TEST(!stop.stop_requested());
  int told = 0;
  std::stop_callback const callback(stop, [&] { ++told; });
  source.cancel();
  source.cancel();
  BOOST_TEST(stop.stop_requested());
  BOOST_TEST(told == 1);
}

BOOST_AUTO_TEST_CASE(a_cancelled_token_gives_a_stop_that_was_requested) {
  cancellation_source source;
  source.cancel();
  BOOST_TEST(to_stop_token(source.token()).stop_requested());
  BOOST_TEST(to_stop_token(cancellation_source(source.token()).token()).stop_requested());
}

BOOST_AUTO_TEST_CASE(an_empty_token_gives_a_stop_without_a_state) {
  auto const stop = to_stop_token(cancellation_token());
  BOOST_TEST(!stop.stop_possible());
  BOOST_TEST((stop == std::stop_token()));
}

BOOST_AUTO_TEST_CASE(one_source_gives_one_stop_and_a_derived_source_another) {
  cancellation_source source;
  cancellation_source child(source.token());
  auto const stop = to_stop_token(source.token()), of_child = to_stop_token(child.token());
  BOOST_TEST((stop == to_stop_token(source.token())));
  BOOST_TEST((stop != of_child));
  child.cancel();
  BOOST_TEST(of_child.stop_requested());
  BOOST_TEST(!stop.stop_requested());
  source.cancel();
  BOOST_TEST((stop == to_stop_token(source.token())));
}

BOOST_AUTO_TEST_CASE(no_stop_is_possible_any_more_when_all_who_could_ask_are_gone) {
  cancellation_source root;
  std::optional<cancellation_source> source(root.token());
  auto const stop = to_stop_token(source->token());
  std::optional<cancellation_token> token(source->token());
  source.reset();
  BOOST_TEST(stop.stop_possible());
  token.reset();
  BOOST_TEST(!stop.stop_possible());
  BOOST_TEST(count_children(root.token()) == 0U);
}

BOOST_AUTO_TEST_CASE(a_parent_requests_the_stop_of_what_is_derived_from_it) {
  cancellation_source root;
  cancellation_source const child(root.token());
  auto const stop = to_stop_token(child.token());
  root.cancel();
  BOOST_TEST(stop.stop_requested());
}

BOOST_AUTO_TEST_CASE(a_stop_callback_may_destroy_the_source) {
  std::optional<cancellation_source> source(std::in_place);
  auto const stop = to_stop_token(source->token());
  std::stop_callback const callback(stop, [&] { source.reset(); });
  source->cancel();
  BOOST_TEST(!source);
  BOOST_TEST(stop.stop_requested());
}

// ---- both

BOOST_AUTO_TEST_CASE(a_token_goes_out_and_in_again) {
  cancellation_source source;
  auto const token = from_stop_token(to_stop_token(source.token()));
  BOOST_TEST((token != source.token()));
  source.cancel({"user"});
  BOOST_TEST(token.cancelled());
  BOOST_TEST(token.reason().text() == "std::stop_token");  // which carries no other
}

BOOST_AUTO_TEST_CASE(a_stop_comes_in_and_goes_out_again) {
  std::stop_source stop;
  auto const token = from_stop_token(stop.get_token());
  auto const again = to_stop_token(token);
  BOOST_TEST((again != stop.get_token()));
  stop.request_stop();
  BOOST_TEST(again.stop_requested());
}

BOOST_AUTO_TEST_CASE(a_long_way_in_and_out_neither_leaks_nor_loses_the_request) {
  for (bool const requested : {true, false}) {
    cancellation_source source;
    auto last = source.token();
    std::vector<cancellation_token> all;
    for (int i = 0; i < 100; ++i) {
      last = from_stop_token(to_stop_token(last));
      all.push_back(last);
    }
    if (requested) source.cancel();
    BOOST_TEST(last.cancelled() == requested);
    BOOST_TEST(count_listeners(source.token()) == 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_jthreads_end_ends_the_coroutines_on_it) {
  int ended = 0;
  std::atomic<bool> waiting{false};
  {
    std::jthread thread([&](std::stop_token stop) {
      asio::io_context context;
      auto const main = [&]() -> awaitable<> {
        ENDS(end::aborted, curfew::cancel_when(curfew::sleep_forever(), from_stop_token(stop)));
        co_await from_stop_token(stop).wait();
        ++ended;
      };
      asio::co_spawn(context, main(), asio::detached);
      asio::post(context, [&] { asio::post(context, [&] { waiting = true; }); });
      context.run();
    });
    while (!waiting) std::this_thread::yield();
  }
  BOOST_TEST(ended == 1);
}

BOOST_AUTO_TEST_CASE(a_thread_that_waits_for_a_stop_is_woken_by_a_cancellation) {
  cancellation_source source;
  std::mutex mutex;
  std::condition_variable_any never;
  bool woken = false;
  std::thread thread([&, stop = to_stop_token(source.token())] {
    std::unique_lock lock(mutex);
    woken = !never.wait(lock, stop, [] { return false; });
  });
  source.cancel();
  thread.join();
  BOOST_TEST(woken);
}

BOOST_AUTO_TEST_SUITE_END()
