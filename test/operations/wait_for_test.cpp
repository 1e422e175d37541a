#include "../support.hpp"

BOOST_AUTO_TEST_SUITE(wait_for)

BOOST_FIXTURE_TEST_CASE(a_deferred_operation_that_exceeds_its_limit_times_out, fixture) {
  run([]() -> awaitable<> {
    ENDS(end::timed_out, curfew::wait_for(curfew::sleep_for(1h), 5ms));
    ENDS(end::value, curfew::sleep_for(1ms));
  });
  BOOST_TEST(elapsed() == 6ms);
}

BOOST_AUTO_TEST_SUITE_END()
