#include "../support.hpp"

using curfew::cancellation_source;

BOOST_AUTO_TEST_SUITE(cancellation_guard)

BOOST_AUTO_TEST_CASE(the_end_of_a_guard_cancels_its_source_and_says_so) {  // TT-07
  cancellation_source source;
  {
    curfew::cancellation_guard const guard(source);
    BOOST_TEST(!source.cancelled());
  }
  BOOST_TEST((source.reason().cause() == curfew::cancellation_cause::parent));
  BOOST_TEST(source.reason().text() == "its guard was destroyed");
}

BOOST_AUTO_TEST_CASE(a_guard_gives_the_reason_that_it_was_given_unless_there_is_one) {
  cancellation_source source, cancelled;
  cancelled.cancel({"first"});
  {
    curfew::cancellation_guard const guard(source, {"mine"}), late(cancelled, {"mine"});
  }
  BOOST_TEST(source.reason().text() == "mine");
  BOOST_TEST(cancelled.reason().text() == "first");
}

BOOST_AUTO_TEST_CASE(a_guard_that_was_released_cancels_nothing) {  // TT-07
  cancellation_source source;
  {
    curfew::cancellation_guard guard(source);
    BOOST_TEST((guard.release() == source));
  }
  BOOST_TEST(!source.cancelled());
}

BOOST_AUTO_TEST_CASE(a_guard_keeps_its_source_and_cancels_it_also_by_an_exception) {
  curfew::cancellation_token token;
  try {
    cancellation_source source;
    token = source.token();
    curfew::cancellation_guard const guard(std::move(source));
    throw 1;
  } catch (int) {
  }
  BOOST_TEST(token.cancelled());
}

BOOST_AUTO_TEST_CASE(a_guard_that_is_moved_cancels_once_where_it_ends) {
  cancellation_source source;
  {
    std::optional<curfew::cancellation_guard> outer;
    {
      curfew::cancellation_guard guard(source, {"moved"});
      outer.emplace(std::move(guard));
    }
    BOOST_TEST(!source.cancelled());
  }
  BOOST_TEST(source.reason().text() == "moved");
}

BOOST_AUTO_TEST_CASE(what_a_guard_is_assigned_over_is_cancelled) {
  cancellation_source first, second;
  {
    curfew::cancellation_guard guard(first, {"first"}), other(second, {"second"});
    guard = std::move(other);
    BOOST_TEST(first.reason().text() == "first");
    BOOST_TEST(!second.cancelled());
    auto& same = guard;
    guard = std::move(same);
    BOOST_TEST(!second.cancelled());
    other = std::move(guard);
    BOOST_TEST(!second.cancelled());
  }
  BOOST_TEST(second.reason().text() == "second");
}

BOOST_AUTO_TEST_SUITE_END()
