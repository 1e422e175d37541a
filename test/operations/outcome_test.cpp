#include "../support.hpp"
#include "manual_op.hpp"

BOOST_AUTO_TEST_SUITE(outcome)

namespace {

error_code const eof = asio::error::eof;
error_code const aborted = asio::error::operation_aborted;

template <class Outcome>
error_code thrown_by_value(Outcome&& from) {
  try {
    (void)std::forward<Outcome>(from).value();
  } catch (system_error const& e) {
    return e.code();
  }
  return {};
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_success_has_its_value_and_no_error) {
  curfew::outcome<std::string> const good(std::in_place, 3U, 'x');
  BOOST_TEST(good.has_value());
  BOOST_TEST(static_cast<bool>(good));
  BOOST_TEST(good.value() == "xxx");
  BOOST_TEST((good.error() == nullptr));
  BOOST_TEST(!good.cancelled());
  BOOST_TEST(!good.timed_out());
}

BOOST_AUTO_TEST_CASE(a_failure_says_its_error_whichever_way_it_was_reported) {
  curfew::outcome<int> const by_code(eof);
  curfew::outcome<int> const by_exception(std::make_exception_ptr(system_error(eof)));
  for (auto const* bad : {&by_code, &by_exception}) {
    BOOST_TEST(!bad->has_value());
    BOOST_TEST(!*bad);
    BOOST_TEST(thrown_by_value(*bad) == eof);
    BOOST_CHECK_EXCEPTION(std::rethrow_exception(bad->error()), system_error,
                          [](system_error const& e) { return e.code() == eof; });
  }
}

BOOST_AUTO_TEST_CASE(looking_for_the_value_of_a_failure_throws_its_error) {
  curfew::outcome<void> nothing(eof);
  BOOST_CHECK_THROW(nothing.value(), system_error);
  BOOST_CHECK_THROW(std::as_const(nothing).value(), system_error);
  BOOST_CHECK_THROW(std::move(nothing).value(), system_error);
  curfew::outcome<int> strange(std::make_exception_ptr(42));
  BOOST_CHECK_THROW(strange.value(), int);
  BOOST_CHECK_THROW(std::move(strange).value(), int);
}

BOOST_AUTO_TEST_CASE(a_value_is_reached_as_through_a_pointer_which_throws_where_there_is_none) {
  curfew::outcome<std::string> good(std::in_place, "abc");
  *good += 'd';
  BOOST_TEST(good->size() == 4U);
  BOOST_TEST(*std::as_const(good) == "abcd");
  BOOST_TEST(std::as_const(good)->front() == 'a');
  BOOST_TEST(*std::move(good) == "abcd");
  curfew::outcome<std::unique_ptr<int>> moved(std::in_place, std::make_unique<int>(7));
  BOOST_TEST(**moved == 7);
  BOOST_TEST(**std::move(moved) == 7);
  curfew::outcome<std::string> bad(eof);
  BOOST_CHECK_THROW((void)*bad, system_error);
  BOOST_CHECK_THROW((void)bad->size(), system_error);
}

BOOST_AUTO_TEST_CASE(a_failure_says_in_words_what_it_was) {
  BOOST_TEST(curfew::outcome<int>(std::in_place, 7).message().empty());
  BOOST_TEST(curfew::outcome<int>(eof).message() == system_error(eof).what());
  auto const thrown = std::make_exception_ptr(std::runtime_error("paper jam"));
  BOOST_TEST(curfew::outcome<void>(thrown).message() == "paper jam");
}

BOOST_AUTO_TEST_CASE(a_cancellation_and_a_timeout_are_told_apart) {
  for (auto const& out : {curfew::outcome<int>(aborted),
                          curfew::outcome<int>(std::make_exception_ptr(system_error(aborted)))}) {
    BOOST_TEST(out.cancelled());
    BOOST_TEST(!out.timed_out());
  }
  error_code const late = curfew::errc::timed_out;
  for (auto const& out : {curfew::outcome<int>(late),
                          curfew::outcome<int>(std::make_exception_ptr(system_error(late)))}) {
    BOOST_TEST(!out.cancelled());
    BOOST_TEST(out.timed_out());
  }
}

BOOST_AUTO_TEST_CASE(values_of_every_kind_are_held) {
  curfew::outcome<void> const nothing(std::in_place);
  nothing.value();
  BOOST_TEST(nothing.has_value());
  curfew::outcome<move_only> owned(std::in_place, std::make_unique<int>(1));
  *owned.value() = 2;
  move_only const taken = std::move(owned).value();
  BOOST_TEST(*taken == 2);
  curfew::outcome<no_default> const bare(std::in_place, 3);
  BOOST_TEST(bare.value().value == 3);
}

BOOST_AUTO_TEST_CASE(an_error_as_value_is_a_value) {
  curfew::outcome<error_code> const code(std::in_place, eof);
  BOOST_TEST(code.has_value());
  BOOST_TEST(code.value() == eof);
  BOOST_TEST((code.error() == nullptr));
  curfew::outcome<std::exception_ptr> const thrown(std::in_place, std::make_exception_ptr(1));
  BOOST_TEST(thrown.has_value());
  BOOST_TEST((thrown.error() == nullptr));
  curfew::outcome<error_code> const failed(eof);
  BOOST_TEST(!failed.has_value());
}

BOOST_AUTO_TEST_CASE(an_outcome_can_be_copied_moved_and_assigned) {
  curfew::outcome<std::string> first(std::in_place, "value");
  auto second = first;
  BOOST_TEST(second.value() == "value");
  second = curfew::outcome<std::string>(eof);
  BOOST_TEST(!second.has_value());
  BOOST_TEST(first.value() == "value");
  auto const third = std::move(first);
  BOOST_TEST(third.value() == "value");
}

BOOST_AUTO_TEST_SUITE_END()
