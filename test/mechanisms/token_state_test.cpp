#include "../support.hpp"
#include "token_counts.hpp"

#include <array>
#include <list>
#include <ranges>
#include <span>
#include <unordered_set>
#include <vector>

BOOST_AUTO_TEST_SUITE(token_state)

namespace {

using curfew::cancellation_cause;
using curfew::cancellation_source;
using curfew::cancellation_token;

}  // namespace

BOOST_AUTO_TEST_CASE(a_token_without_a_source_is_empty_and_never_cancelled) {
  cancellation_token const none;
  BOOST_TEST(!none);
  BOOST_TEST(!none.cancelled());
  BOOST_TEST(!none.reason());
  cancellation_source source(none);
  BOOST_TEST(!source.cancelled());
  BOOST_TEST(source.cancel());
  BOOST_TEST(!none.cancelled());
}

BOOST_AUTO_TEST_CASE(a_source_and_all_its_copies_and_tokens_are_one_level) {
  cancellation_source source;
  auto copy = source;
  auto const before = source.token();
  BOOST_TEST(static_cast<bool>(before));
  BOOST_TEST(!before.cancelled());
  BOOST_TEST(copy.cancel());
  BOOST_TEST(before.cancelled());
  BOOST_TEST(source.cancelled());
  BOOST_TEST(source.token().cancelled());
}

BOOST_AUTO_TEST_CASE(a_source_that_was_moved_from_is_still_the_same_source) {
  cancellation_source source;
  auto moved = std::move(source);
  BOOST_TEST((moved == source));
  BOOST_TEST(source.cancel());
  BOOST_TEST(moved.cancelled());
}

BOOST_AUTO_TEST_CASE(only_the_first_request_counts_and_its_reason_sticks) {  // TT-10, TT-14
  cancellation_source source;
  BOOST_TEST((source.reason().cause() == cancellation_cause::none));
  BOOST_TEST(source.cancel({cancellation_cause::shutdown, "first"}));
  BOOST_TEST(!source.cancel({cancellation_cause::deadline, "second"}));
  BOOST_TEST(!source.cancel());
  BOOST_TEST((source.reason().cause() == cancellation_cause::shutdown));
  BOOST_TEST(source.token().reason().text() == "first");
}

BOOST_AUTO_TEST_CASE(the_reason_says_where_the_request_was_made) {
  auto const line_of = [](auto request) {
    cancellation_source source;
    request(source);
    std::string const file = source.reason().where().file_name();
    BOOST_TEST((file.find("token_state_test.cpp") != std::string::npos));
    return source.reason().where().line();
  };
  auto const here = [](std::source_location at = std::source_location::current()) {
    return at.line();
  };
  BOOST_TEST(line_of([](auto& source) { source.cancel(); }) == here());
  BOOST_TEST(line_of([](auto& source) { source.cancel({"words"}); }) == here());
  BOOST_TEST(line_of([](auto& source) { curfew::cancellation_guard g(source); }) == here());
}

BOOST_AUTO_TEST_CASE(a_parent_cancels_all_descendants_with_its_reason) {  // TT-02, TT-14
  cancellation_source root, stranger;
  cancellation_source left(root.token()), right(root.token());
  cancellation_source below(left.token());
  BOOST_TEST(root.cancel({"root"}));
  for (auto const& each : {left, right, below}) {
    BOOST_TEST(each.cancelled());
    BOOST_TEST(each.reason().text() == "root");
    BOOST_TEST(!cancellation_source(each).cancel({"late"}));
  }
  BOOST_TEST(!stranger.cancelled());
}

BOOST_AUTO_TEST_CASE(a_child_cancels_neither_its_parent_nor_its_siblings) {  // TT-02
  cancellation_source root;
  cancellation_source left(root.token()), right(root.token());
  cancellation_source below(left.token());
  BOOST_TEST(left.cancel({"left"}));
  BOOST_TEST(below.reason().text() == "left");
  BOOST_TEST(!root.cancelled());
  BOOST_TEST(!right.cancelled());
  BOOST_TEST(root.cancel({"root"}));
  BOOST_TEST(right.reason().text() == "root");
  BOOST_TEST(left.reason().text() == "left");  // its own came first
  BOOST_TEST(below.reason().text() == "left");
}

BOOST_AUTO_TEST_CASE(a_grandchild_hears_the_root_though_the_middle_was_dropped) {  // TT-03
  cancellation_source root;
  std::optional<cancellation_source> middle(root.token());
  cancellation_source low(middle->token());
  middle.reset();
  BOOST_TEST(count_children(root.token()) == 1U);
  BOOST_TEST(root.cancel());
  BOOST_TEST(low.cancelled());
}

BOOST_AUTO_TEST_CASE(dropping_the_parent_cancels_no_child) {  // TT-05
  std::optional<cancellation_source> root(std::in_place);
  cancellation_source first(root->token()), second(root->token());
  root.reset();
  BOOST_TEST(!first.cancelled());
  BOOST_TEST(first.cancel());
  BOOST_TEST(!second.cancelled());
}

BOOST_AUTO_TEST_CASE(a_child_of_a_cancelled_parent_is_born_cancelled) {  // TT-04
  for (bool const parent_dies_first : {true, false}) {
    std::optional<cancellation_source> parent(std::in_place), child;
    parent->cancel({"early"});
    child.emplace(parent->token());
    BOOST_TEST(child->cancelled());
    BOOST_TEST(child->reason().text() == "early");
    BOOST_TEST(!child->cancel());
    BOOST_TEST(count_children(parent->token()) == 0U);
    cancellation_source const grandchild(child->token());
    BOOST_TEST(grandchild.reason().text() == "early");
    (parent_dies_first ? parent : child).reset();
    (parent_dies_first ? child : parent).reset();
    BOOST_TEST(grandchild.cancelled());
  }
}

BOOST_AUTO_TEST_CASE(whoever_is_told_first_finds_everything_below_cancelled) {
  cancellation_source root;
  cancellation_source child(root.token()), sibling(root.token());
  cancellation_source below(sibling.token());
  int told = 0;
  auto const look = [&] {
    ++told;
    BOOST_TEST((root.cancelled() && child.cancelled() && sibling.cancelled() && below.cancelled()));
    BOOST_TEST(below.reason().text() == "all");
  };
  auto const first = root.token().on_cancel(look);
  auto const second = child.token().on_cancel(look);
  root.cancel({"all"});
  BOOST_TEST(told == 2);
}

// ---- any_of

BOOST_AUTO_TEST_CASE(any_of_is_cancelled_with_the_first_of_its_tokens) {  // TT-19
  cancellation_source a, b, c;
  auto const any = cancellation_token::any_of(a.token(), b.token(), c.token());
  BOOST_TEST(!any.cancelled());
  b.cancel({"b"});
  a.cancel({"a"});
  BOOST_TEST(any.reason().text() == "b");
  BOOST_TEST(!c.cancelled());
}

BOOST_AUTO_TEST_CASE(any_of_takes_arguments_lists_and_ranges) {
  for (std::size_t which = 0; which < 2; ++which) {
    std::vector<cancellation_source> sources(2);
    auto const one = sources[0].token(), two = sources[1].token();
    std::vector const vector{one, two};
    std::list const list{one, two};
    auto const made = sources | std::views::transform([](auto& each) { return each.token(); });
    std::vector const results{
        cancellation_token::any_of(one, two),
        cancellation_token::any_of({one, two}),
        cancellation_token::any_of(vector),
        cancellation_token::any_of(std::vector{one, two}),
        cancellation_token::any_of(list),
        cancellation_token::any_of(std::span(vector)),
        cancellation_token::any_of(std::array{one, two}),
        cancellation_token::any_of(made),
        cancellation_token::any_of(list | std::views::filter([](auto& each) { return !!each; }))};
    sources[which].cancel({"it"});
    for (auto const& each : results) BOOST_TEST(each.reason().text() == "it");
  }
}

BOOST_AUTO_TEST_CASE(any_of_nothing_is_empty_and_of_one_is_that_one) {
  cancellation_source source;
  cancellation_token const none, one = source.token();
  BOOST_TEST(!cancellation_token::any_of());
  BOOST_TEST(!cancellation_token::any_of(none));
  BOOST_TEST(!cancellation_token::any_of(none, none));
  BOOST_TEST(!cancellation_token::any_of(std::vector<cancellation_token>()));
  BOOST_TEST((cancellation_token::any_of(one) == one));
  BOOST_TEST((cancellation_token::any_of(none, one, none) == one));
}

BOOST_AUTO_TEST_CASE(any_of_a_cancelled_token_is_born_cancelled) {
  for (std::size_t at = 0; at < 3; ++at) {
    std::vector<cancellation_source> all(3);
    all[at].cancel({"early"});
    auto const any = cancellation_token::any_of(all[0].token(), all[1].token(), all[2].token());
    BOOST_TEST(any.reason().text() == "early");
    for (auto& each : all) each.cancel({"late"});
    BOOST_TEST(any.reason().text() == "early");
  }
}

BOOST_AUTO_TEST_CASE(any_of_one_token_twice_is_told_once_and_leaves_nothing_behind) {
  cancellation_source source;
  auto const token = source.token();
  {
    auto const any = cancellation_token::any_of(token, token, token);
    BOOST_TEST((any != token));
    BOOST_TEST(count_children(token) == 3U);
  }
  BOOST_TEST(count_children(token) == 0U);
  auto const any = cancellation_token::any_of(token, token);
  int told = 0;
  auto const callback = any.on_cancel([&] { ++told; });
  source.cancel();
  BOOST_TEST(told == 1);
}

BOOST_AUTO_TEST_CASE(a_diamond_is_told_once_and_may_lose_any_of_its_corners) {
  for (int dropped = 0; dropped < 4; ++dropped) {
    cancellation_source root;
    std::optional<cancellation_source> left(root.token()), right(root.token());
    std::optional bottom(cancellation_token::any_of(left->token(), right->token(), root.token()));
    cancellation_source const below(*bottom);
    int told = 0;
    auto const callback = below.token().on_cancel([&] { ++told; });
    if (dropped & 1) left.reset();
    if (dropped & 2) right.reset();
    bottom.reset();
    root.cancel();
    root.cancel();
    BOOST_TEST(told == 1);
    BOOST_TEST(count_children(root.token()) == 0U);
  }
}

BOOST_AUTO_TEST_CASE(any_of_keeps_what_it_was_made_from) {
  cancellation_source source;
  cancellation_token any;
  {
    cancellation_source const child(source.token()), other;
    any = cancellation_token::any_of(child.token(), other.token());
  }
  source.cancel({"root"});
  BOOST_TEST(any.reason().text() == "root");
}

// ---- identity

BOOST_AUTO_TEST_CASE(tokens_are_equal_when_they_are_of_one_source) {  // TT-08
  cancellation_source source, stranger;
  cancellation_source const child(source.token());
  auto const token = source.token(), copy = token;
  BOOST_TEST((token == copy));
  BOOST_TEST((token == source.token()));
  BOOST_TEST((token != child.token()));
  BOOST_TEST((token != stranger.token()));
  BOOST_TEST((token != cancellation_token()));
  BOOST_TEST((cancellation_token() == cancellation_token()));
  std::hash<cancellation_token> const hash;
  BOOST_TEST(hash(token) == hash(source.token()));
  BOOST_TEST(hash(token) != hash(child.token()));
  std::unordered_set<cancellation_token> const set{token, copy, child.token(), stranger.token(),
                                                   {},    {}};
  BOOST_TEST(set.size() == 4U);
  source.cancel();
  BOOST_TEST(set.contains(token));
}

BOOST_AUTO_TEST_SUITE_END()
