#include <curfew/queue.hpp>
#include <curfew/retry.hpp>
#include <tuple>

#include "beside.hpp"

// Results that say that they failed, as those of `as_tuple`: among operations beside each other
// they count as that error.

BOOST_AUTO_TEST_SUITE(errors_in_values)

namespace {

using result = std::tuple<error_code, int>;
error_code const broken = asio::error::eof;
error_code const aborted = asio::error::operation_aborted, no_error;

/// A deferred operation that gives a tuple: an abort where it is asked to stop.
auto tuple_sleep(curfew::clock::duration after) {
  return curfew::sleep_for(after)(asio::as_tuple(asio::deferred));
}
/// The same as a coroutine, with an error or without.
awaitable<result> give_tuple(error_code error, int value, curfew::clock::duration after) {
  auto const [stopped] = co_await tuple_sleep(after);
  co_await asio::this_coro::throw_if_cancelled(false);
  co_return result(stopped ? stopped : error, value);
}
/// A deferred operation that fails.
auto failing_pop(curfew::queue<int>& closed) {
  return closed.pop()(asio::as_tuple(asio::deferred));
}

template <class T>
awaitable<error_code> code_of(awaitable<T> op) {
  try {
    co_await std::move(op);
  } catch (system_error const& e) {
    co_return e.code();
  }
  co_return error_code();
}

}  // namespace

EACH_OWNER(a_tuple_that_failed_cancels_what_is_gathered_with_it_and_all_are_given) {
  run([&]() -> awaitable<> {
    auto const [failed, stopped, in_time] = co_await curfew::gather(
        give_tuple(broken, 1, 1s), give_tuple({}, 2, 1h), give_tuple({}, 3, 0s));
    BOOST_TEST((failed == result(broken, 1)));
    BOOST_TEST((stopped == result(aborted, 2)));
    BOOST_TEST((in_time == result(no_error, 3)));
    BOOST_TEST((elapsed() == 1s));

    curfew::queue<int> closed;
    closed.close();
    auto const [item, slept] = co_await curfew::gather(failing_pop(closed), tuple_sleep(1h));
    BOOST_TEST((std::get<0>(item) == curfew::errc::queue_closed));
    BOOST_TEST((std::get<0>(slept) == aborted));
    BOOST_TEST((elapsed() == 1s));

    std::vector<awaitable<result>> range;
    for (int i : {0, 1, 2}) range.push_back(give_tuple(i == 1 ? broken : error_code(), i, 1s));
    auto const all = co_await curfew::gather(std::move(range));
    BOOST_TEST((all.at(1) == result(broken, 1)));
  });
}

EACH_OWNER(what_gives_no_tuple_beside_one_that_failed_has_its_error_thrown) {
  run([&]() -> awaitable<> {
    auto both = curfew::gather(give_tuple(broken, 1, 1s), sleepy(1h));
    BOOST_TEST((co_await code_of(std::move(both)) == broken));
    BOOST_TEST((elapsed() == 1s));
    curfew::queue<int> closed;
    closed.close();
    auto ops = curfew::gather(failing_pop(closed), curfew::sleep_for(1h));
    BOOST_TEST((co_await code_of(std::move(ops)) == curfew::errc::queue_closed));
  });
}

EACH_OWNER(a_request_from_outside_is_in_the_tuples_and_not_thrown) {
  std::optional<std::tuple<result, result>> got;
  start([&]() -> awaitable<> {
    co_await asio::this_coro::throw_if_cancelled(false);
    got = co_await curfew::gather(give_tuple({}, 1, 1h), give_tuple({}, 2, 1h));
  });
  ask_and_settle();
  finish();
  BOOST_REQUIRE(got.has_value());
  BOOST_TEST((std::get<0>(*got) == result(aborted, 1)));
  BOOST_TEST((std::get<1>(*got) == result(aborted, 2)));
}

EACH_OWNER(the_limit_of_settled_tuples_is_said_in_them) {
  run([&]() -> awaitable<> {
    auto const [late, in_time, coroutine, op] = co_await curfew::gather_settled(
        1s, give_tuple({}, 1, 1h), give_tuple(broken, 2, 0s), sleepy(1h), tuple_sleep(1h));
    BOOST_TEST((*late == result(curfew::errc::timed_out, 1)));
    BOOST_TEST((*in_time == result(broken, 2)));
    BOOST_TEST(coroutine.timed_out());
    BOOST_TEST((std::get<0>(*op) == curfew::errc::timed_out));
  });
}

EACH_OWNER(a_tuple_that_failed_is_no_success) {
  run([&]() -> awaitable<> {
    auto const first = co_await curfew::first_success(give_tuple(broken, 1, 0s),
                                                      give_tuple({}, 2, 1s), sleepy(1h));
    BOOST_TEST(first.index == 1U);
    BOOST_TEST((*std::get<0>(first.results) == result(broken, 1)));
    curfew::queue<int> closed;
    closed.close();
    auto const op = co_await curfew::first_success(failing_pop(closed), curfew::sleep_for(1s));
    BOOST_TEST(op.index == 1U);

    auto none = curfew::first_success(give_tuple(broken, 1, 1s));
    BOOST_TEST((co_await code_of(std::move(none)) == broken));
    auto ops = curfew::first_success(failing_pop(closed));
    BOOST_TEST((co_await code_of(std::move(ops)) == curfew::errc::queue_closed));

    std::vector<std::function<awaitable<result>()>> attempts;
    attempts.push_back([] { return give_tuple(broken, 1, 1s); });
    attempts.push_back([] { return give_tuple({}, 2, 1s); });
    auto const staggered = co_await curfew::staggered_race(1h, std::move(attempts));
    BOOST_TEST(staggered.index == 1U);
  });
}

EACH_OWNER(a_race_is_won_by_whatever_ends_first) {
  run([&]() -> awaitable<> {
    auto const first = co_await curfew::race(give_tuple(broken, 1, 1s), sleepy(1h));
    BOOST_TEST(first.index == 0U);
  });
}

EACH_OWNER(a_request_from_outside_ends_the_search_for_a_success) {
  start([&]() -> awaitable<> {
    co_await curfew::first_success(give_tuple({}, 1, 1h), give_tuple({}, 2, 1h));
  });
  ask_and_settle();
  finish(end::aborted);
  start([&]() -> awaitable<> { co_await curfew::first_success(tuple_sleep(1h), tuple_sleep(2h)); });
  ask_and_settle();
  finish(end::aborted);
}

EACH_OWNER(a_tuple_that_failed_is_tried_again_and_the_last_one_is_given) {
  int calls = 0;
  auto const attempt = [&]() -> awaitable<result> {
    ++calls;
    return give_tuple(calls < 3 ? broken : error_code(), calls, 0s);
  };
  run([&]() -> awaitable<> {
    BOOST_TEST((co_await curfew::retry(curfew::retry_policy(5), attempt) == result(no_error, 3)));
    calls = 0;
    BOOST_TEST((co_await curfew::retry(curfew::retry_policy(2), attempt) == result(broken, 2)));
  });
}

// In a group of one's own a value is a value: nobody else is given it.
EACH_OWNER(a_tuple_of_a_child_is_for_its_handle) {
  auto const body = [](curfew::task_group& group) -> awaitable<> {
    auto const child = group.spawn(give_tuple(broken, 1, 1s));
    group.spawn(sleepy(2s));
    co_await child.wait();
    BOOST_TEST((child.result().value() == result(broken, 1)));
  };
  run([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  BOOST_TEST((elapsed() == 2s));
}

BOOST_AUTO_TEST_SUITE_END()
