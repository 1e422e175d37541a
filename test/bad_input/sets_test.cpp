#include "../structure/beside.hpp"

// Sets of tasks that make no sense: nothing, and handles that refer to none.

BOOST_AUTO_TEST_SUITE(sets)

BOOST_AUTO_TEST_CASE(no_tasks_are_refused_by_the_call) {  // WA-09, AC-11
  std::vector<curfew::task<int>> const none;
  BOOST_TEST(thrown_by([&] { (void)curfew::wait(none); }) == "invalid_state");
  BOOST_TEST(thrown_by([&] {
               (void)curfew::wait(none, curfew::return_when::first_completed, 1s);
             }) == "invalid_state");
  BOOST_TEST(thrown_by([&] { (void)curfew::as_completed(none); }) == "invalid_state");
  BOOST_TEST(thrown_by([&] { (void)curfew::as_completed(none, 1s); }) == "invalid_state");
}

BOOST_FIXTURE_TEST_CASE(handles_that_refer_to_no_task_are_refused_by_the_call, fixture) {
  auto t = curfew::spawn(context, give(1, 1s));
  std::vector<curfew::task<int>> const some{t, curfew::task<int>()};
  BOOST_TEST(thrown_by([&] { (void)curfew::wait(some); }) == "invalid_state");
  BOOST_TEST(thrown_by([&] { (void)curfew::as_completed(some); }) == "invalid_state");
  time.run();
}

BOOST_FIXTURE_TEST_CASE(operands_that_refer_to_no_task_are_refused_by_the_await, fixture) {
  run([&]() -> awaitable<> {
    SAYS("invalid_state", curfew::gather(curfew::task<int>()));
    SAYS("invalid_state", curfew::gather(std::vector<curfew::task<void>>(2)));
    SAYS("invalid_state", curfew::race(curfew::task<int>()));
    SAYS("invalid_state", curfew::first_success(std::vector<curfew::task<void>>(2)));
  });
}

BOOST_AUTO_TEST_SUITE_END()
