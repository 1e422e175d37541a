#include "../operations/disturbed.hpp"
#include "beside.hpp"

#include <curfew/retry.hpp>

// What runs operations beside each other, disturbed after each of its steps.

BOOST_AUTO_TEST_SUITE(children_every_step)

namespace {

awaitable<int> valued(int value, curfew::clock::duration after, local) {
  local const here;
  co_await curfew::sleep_for(after);
  co_await asio::post(asio::deferred);
  co_return value;
}
awaitable<int> failing(curfew::clock::duration after, local) {
  local const here;
  if (after != 0s) co_await curfew::sleep_for(after);
  throw failure("expected");
}
/// Awaits, and gives what words say of a failure.
template <class Op>
awaitable<bool> fails(Op op) {
  local const here;
  auto const done = co_await curfew::settle(std::move(op));
  if (curfew::is_cancellation(done.error())) std::rethrow_exception(done.error());
  co_return !done.has_value();
}

awaitable<> gathers() {
  local const here;
  auto const all = co_await curfew::gather(valued(1, 1s, local()), asleep(2s, local()),
                                           curfew::sleep_for(1s), valued(2, 0s, local()));
  BOOST_TEST(std::get<0>(all) + std::get<3>(all) == 3);
  BOOST_TEST(co_await fails(curfew::gather(valued(1, 1h, local()), failing(1s, local()))));
  BOOST_TEST(co_await fails(curfew::gather(failing(0s, local()), valued(1, 1h, local()))));
  auto const settled = co_await curfew::gather_settled(2s, valued(1, 1s, local()),
                                                       asleep(1h, local()), failing(1s, local()));
  BOOST_TEST(std::get<1>(settled).timed_out());
  co_await curfew::sleep_for(1s);
}

awaitable<> races() {
  local const here;
  auto const first = co_await curfew::race(valued(1, 2s, local()), valued(2, 1s, local()));
  BOOST_TEST(first.index == 1U);
  auto const good = co_await curfew::first_success(failing(0s, local()), valued(1, 1h, local()),
                                                   valued(2, 1s, local()));
  BOOST_TEST(good.index == 2U);
  BOOST_TEST(co_await fails(curfew::first_success(failing(1s, local()), failing(2s, local()))));
  co_await curfew::sleep_for(1s);
}

awaitable<> staggered_races() {
  local const here;
  std::vector<std::function<awaitable<int>()>> attempts;
  attempts.push_back([] { return failing(500ms, local()); });
  attempts.push_back([] { return valued(1, 1h, local()); });
  attempts.push_back([] { return valued(2, 1s, local()); });
  attempts.push_back([] { return valued(3, 1h, local()); });
  auto const won = co_await curfew::staggered_race(1s, attempts);
  BOOST_TEST(won.index == 2U);
  co_await curfew::sleep_for(1s);
}

awaitable<> retries() {
  local const here;
  int left = 2;
  auto const flaky = [](int& failures, local) -> awaitable<int> {
    local const there;
    co_await curfew::sleep_for(1s);
    if (failures-- > 0) throw failure("expected");
    co_return 7;
  };
  auto const policy = curfew::retry_policy(3).seed(1);
  BOOST_TEST(co_await curfew::retry(policy, flaky, std::ref(left), local()) == 7);
  left = 9;
  BOOST_TEST(co_await fails(curfew::retry(policy, flaky, std::ref(left), local())));
}

/// The tasks belong to a group, which is asked with the one who waits for them.
awaitable<> waits() {
  local const here;
  auto const body = [](curfew::task_group& group) -> awaitable<> {
    std::vector<curfew::task<int>> tasks;
    for (int i = 1; i < 4; ++i)
      tasks.push_back(group.spawn(valued(i, std::chrono::seconds(i), local())));
    auto const some = co_await curfew::wait(tasks, curfew::return_when::first_completed);
    BOOST_TEST(some.done.size() == 1U);
    auto const none =
        co_await curfew::wait(some.pending, curfew::return_when::first_completed, 500ms);
    BOOST_TEST(none.done.empty());
    co_await curfew::wait(tasks);
  };
  co_await curfew::with_task_group(body);
  co_await curfew::sleep_for(1s);
}

awaitable<> orders() {
  local const here;
  auto const body = [](curfew::task_group& group) -> awaitable<> {
    std::vector<curfew::task<int>> tasks;
    for (int i = 1; i < 4; ++i)
      tasks.push_back(group.spawn(valued(i, std::chrono::seconds(4 - i), local())));
    auto all = curfew::as_completed(tasks, 1h);
    int sum = 0;
    while (auto const t = co_await all.next()) sum = sum * 10 + t->result().value();
    BOOST_TEST(sum == 321);
  };
  co_await curfew::with_task_group(body);
  co_await curfew::sleep_for(1s);
}

}  // namespace

DISTURBED(gathers)
DISTURBED(races)
DISTURBED(staggered_races)
DISTURBED(retries)
DISTURBED(waits)
DISTURBED(orders)

BOOST_AUTO_TEST_SUITE_END()
