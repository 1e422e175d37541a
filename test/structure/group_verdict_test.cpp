#include "../mechanisms/print_verdict.hpp"
#include "../support.hpp"

#include <curfew/detail/group_verdict.hpp>

BOOST_AUTO_TEST_SUITE(group_verdict)

namespace {

using curfew::detail::decide_group;
using curfew::detail::ending;
using curfew::detail::ends_others;
using curfew::detail::group_happenings;
using curfew::detail::group_rule;
using curfew::detail::has_failed;
using curfew::detail::member_end;
using answer = curfew::detail::verdict;

constexpr ending endings[] = {ending::value, ending::error, ending::abort};
constexpr bool either[] = {false, true};

/// Every way in which a body or a child can end.
template <class F>
void for_each_end(F f) {
  for (auto const how : endings)
    for (bool const asked : either)
      for (bool const consequence : either) {
        member_end const ended{how, asked, consequence};
        BOOST_TEST_CONTEXT("how " << static_cast<int>(how) << ", asked " << asked
                                  << ", consequence " << consequence)
        f(ended);
      }
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_a_failure_and_what_is_not) {
  struct row {
    ending how;
    bool asked, consequence, failed;
  };
  constexpr auto value = ending::value, error = ending::error, abort = ending::abort;
  row const table[] = {
      {value, false, false, false}, {value, false, true, false},  // a value never is
      {value, true, false, false},  {value, true, true, false},
      {error, false, false, true},  {error, false, true, true},  // an error of its own always is,
      {error, true, false, true},   {error, true, true, false},  // but not what only follows
      {abort, false, false, true},  {abort, false, true, true},  // an abort that nobody asked for
      {abort, true, false, false},  {abort, true, true, false},
  };
  int rows = 0;
  for_each_end([&](member_end const& ended) {
    for (auto const& each : table)
      if (each.how == ended.how && each.asked == ended.asked &&
          each.consequence == ended.consequence) {
        BOOST_TEST(has_failed(ended) == each.failed);
        ++rows;
      }
  });
  BOOST_TEST(rows == 12);
}

BOOST_AUTO_TEST_CASE(whose_end_asks_the_others_to_stop) {
  for_each_end([](member_end const& ended) {
    // Fail-fast: a failure, whatever it is, and nothing else.
    BOOST_TEST(ends_others(group_rule::cancel_siblings, ended) == has_failed(ended));
    BOOST_TEST(ends_others(group_rule::first_failure, ended) == has_failed(ended));
    BOOST_TEST(ends_others(group_rule::first_failing, ended) == has_failed(ended));
    // Supervision, and where failures are results: nobody's.
    BOOST_TEST(!ends_others(group_rule::keep_going, ended));
    BOOST_TEST(!ends_others(group_rule::report, ended));
    BOOST_TEST(!ends_others(group_rule::settle, ended));
    // The first to finish by itself, the first to succeed.
    BOOST_TEST(ends_others(group_rule::first_end, ended) ==
               (ended.how == ending::value || has_failed(ended)));
    BOOST_TEST(ends_others(group_rule::first_value, ended) == (ended.how == ending::value));
  });
}

BOOST_AUTO_TEST_CASE(what_each_rule_makes_of_failures_and_of_values) {
  struct row {
    group_rule rule;
    bool raises, looks_into_values, is_won;
  };
  row const table[] = {
      {group_rule::cancel_siblings, true, false, false},
      {group_rule::first_failure, true, true, false},
      {group_rule::first_failing, false, true, false},
      {group_rule::keep_going, true, false, false},
      {group_rule::report, false, false, false},
      {group_rule::settle, false, false, false},
      {group_rule::first_end, false, false, true},
      {group_rule::first_value, false, true, true},
  };
  for (auto const& each : table) BOOST_TEST_CONTEXT("rule " << static_cast<int>(each.rule)) {
      BOOST_TEST(raises(each.rule) == each.raises);
      BOOST_TEST(looks_into_values(each.rule) == each.looks_into_values);
      BOOST_TEST(is_won(each.rule) == each.is_won);
    }
  BOOST_TEST(std::size(table) == 1U + static_cast<std::size_t>(group_rule::first_value));
}

BOOST_AUTO_TEST_CASE(every_combination_gives_the_caller_what_the_contract_says) {
  struct row {
    bool stopped, failures, outside_asked, withdrawn, cut_short;
    answer expected;
  };
  constexpr auto deliver = answer::deliver, aborted = answer::aborted;
  row const table[] = {
      // The body returned, and nothing failed: its value, unless a request from outside cut a
      // child short.
      {false, false, false, false, false, deliver},
      {false, false, false, false, true, deliver},
      {false, false, false, true, false, deliver},
      {false, false, false, true, true, deliver},
      {false, false, true, false, false, deliver},
      {false, false, true, false, true, aborted},
      {false, false, true, true, false, deliver},
      {false, false, true, true, true, aborted},
      // A failure is raised whatever else happened.
      {false, true, false, false, false, deliver},
      {false, true, false, false, true, deliver},
      {false, true, false, true, false, deliver},
      {false, true, false, true, true, deliver},
      {false, true, true, false, false, deliver},
      {false, true, true, false, true, deliver},
      {false, true, true, true, false, deliver},
      {false, true, true, true, true, deliver},
      // The body was stopped: by what is outside, or else quietly by the group itself.
      {true, false, false, false, false, deliver},
      {true, false, false, false, true, deliver},
      {true, false, false, true, false, answer::withdrawn},
      {true, false, false, true, true, answer::withdrawn},
      {true, false, true, false, false, aborted},
      {true, false, true, false, true, aborted},
      {true, false, true, true, false, aborted},
      {true, false, true, true, true, aborted},
      {true, true, false, false, false, deliver},
      {true, true, false, false, true, deliver},
      {true, true, false, true, false, deliver},
      {true, true, false, true, true, deliver},
      {true, true, true, false, false, deliver},
      {true, true, true, false, true, deliver},
      {true, true, true, true, false, deliver},
      {true, true, true, true, true, deliver},
  };
  int seen = 0;
  for (auto const& each : table) {
    for_each_end([&](member_end const& body) {
      if ((body.how != ending::value) != each.stopped) return;
      group_happenings const happened{body, each.failures, each.outside_asked, each.withdrawn,
                                      each.cut_short};
      BOOST_TEST_CONTEXT("failures " << each.failures << ", outside " << each.outside_asked
                                     << ", withdrawn " << each.withdrawn << ", cut short "
                                     << each.cut_short)
      BOOST_TEST(decide_group(happened) == each.expected);
      ++seen;
    });
  }
  BOOST_TEST(seen == 12 * 16);
}

BOOST_AUTO_TEST_CASE(a_group_never_calls_anything_a_timeout) {
  for_each_end([](member_end const& body) {
    for (unsigned bits = 0; bits < 16; ++bits)
      BOOST_TEST((decide_group({body, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0,
                                (bits & 8) != 0}) != answer::timed_out));
  });
}

BOOST_AUTO_TEST_CASE(the_decision_is_made_at_compile_time_too) {
  static_assert(has_failed({ending::error, true, false}));
  static_assert(!ends_others(group_rule::keep_going, {ending::error, false, false}));
  static_assert(decide_group(group_happenings{}) == answer::deliver);
  BOOST_TEST((decide_group(group_happenings{}) == answer::deliver));
}

BOOST_AUTO_TEST_SUITE_END()
