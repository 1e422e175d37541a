#include "../support.hpp"

#include <set>
#include <sstream>

BOOST_AUTO_TEST_SUITE(cancellation_reason)

namespace {

using curfew::cancellation_cause;

constexpr cancellation_cause all[] = {
    cancellation_cause::none,     cancellation_cause::requested, cancellation_cause::deadline,
    cancellation_cause::token,    cancellation_cause::parent,    cancellation_cause::sibling_failed,
    cancellation_cause::shutdown,
};

std::string line_of(curfew::cancellation_reason const& reason) {
  return "(cancellation_reason_test.cpp:" + std::to_string(reason.where().line()) + ")";
}

}  // namespace

BOOST_AUTO_TEST_CASE(by_default_it_is_a_request_made_here) {
  curfew::cancellation_reason const reason;
  unsigned const line = __LINE__ - 1;
  BOOST_TEST((reason.cause() == cancellation_cause::requested));
  BOOST_TEST(reason.text().empty());
  BOOST_TEST(reason.where().line() == line);
  BOOST_TEST(static_cast<bool>(reason));
}

BOOST_AUTO_TEST_CASE(words_make_a_request_made_here) {
  for (curfew::cancellation_reason const& reason :
       {curfew::cancellation_reason("superseded"),
        curfew::cancellation_reason(std::string("superseded"))}) {
    BOOST_TEST((reason.cause() == cancellation_cause::requested));
    BOOST_TEST(reason.text() == "superseded");
    BOOST_TEST(reason.where().line() != 0U);
  }
}

BOOST_AUTO_TEST_CASE(only_the_cause_none_is_no_reason) {
  for (auto cause : all)
    BOOST_TEST(static_cast<bool>(curfew::cancellation_reason(cause)) ==
               (cause != cancellation_cause::none));
}

BOOST_AUTO_TEST_CASE(each_cause_has_words_of_its_own) {
  std::set<std::string_view> words;
  for (auto cause : all) words.insert(curfew::to_string(cause));
  BOOST_TEST(words.size() == std::size(all));
  BOOST_TEST(!words.contains(""));
  BOOST_TEST(curfew::to_string(static_cast<cancellation_cause>(99)) == "unknown");
}

BOOST_AUTO_TEST_CASE(in_one_line_it_says_cause_words_and_place) {
  curfew::cancellation_reason const bare(cancellation_cause::deadline);
  BOOST_TEST(to_string(bare) == "deadline " + line_of(bare));
  curfew::cancellation_reason const said("superseded");
  BOOST_TEST(to_string(said) == "requested: superseded " + line_of(said));
  curfew::cancellation_reason const nowhere(cancellation_cause::parent, "why", {});
  BOOST_TEST(to_string(nowhere) == "parent: why");
  BOOST_TEST(to_string(curfew::cancellation_reason(cancellation_cause::none)) == "none");
  std::ostringstream out;
  out << said;
  BOOST_TEST(out.str() == to_string(said));
}

BOOST_AUTO_TEST_CASE(it_can_be_copied_and_assigned) {
  curfew::cancellation_reason const first(cancellation_cause::token, "first");
  auto second = first;
  BOOST_TEST(second.text() == "first");
  second = curfew::cancellation_reason("second");
  BOOST_TEST((second.cause() == cancellation_cause::requested));
  BOOST_TEST(first.text() == "first");
}

BOOST_AUTO_TEST_SUITE_END()
