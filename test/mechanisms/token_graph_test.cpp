#include "../support.hpp"
#include "token_counts.hpp"

#include <algorithm>
#include <random>
#include <set>
#include <vector>

BOOST_AUTO_TEST_SUITE(token_graph)

namespace {

using curfew::cancellation_source;
using curfew::cancellation_token;

}  // namespace

BOOST_AUTO_TEST_CASE(a_chain_of_any_length_is_cancelled_and_destroyed_without_recursion) {
  constexpr int length = 300'000;
  for (bool const cancelled : {true, false}) {
    cancellation_source root;
    {
      cancellation_source last(root.token());
      for (int i = 1; i < length; ++i) last = cancellation_source(last.token());
      BOOST_TEST(count_children(root.token()) == 1U);
      if (cancelled) root.cancel({"root"});
      BOOST_TEST(last.cancelled() == cancelled);
    }
    BOOST_TEST(count_children(root.token()) == 0U);
  }
  // The chain's end keeps the rest, which goes with it.
  std::optional<cancellation_source> last(std::in_place);
  for (int i = 1; i < length; ++i) last.emplace(last->token());
  last.reset();
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_children_are_cancelled_and_destroyed_in_any_order) {
  constexpr std::size_t count = 100'000;
  std::mt19937 random(3);
  for (bool const cancelled : {true, false}) {
    cancellation_source root;
    std::vector<cancellation_source> children;
    for (std::size_t i = 0; i < count; ++i) children.emplace_back(root.token());
    BOOST_TEST(count_children(root.token()) == count);
    if (cancelled) root.cancel();
    std::size_t told = 0;
    for (auto const& each : children) told += each.cancelled();
    BOOST_TEST(told == (cancelled ? count : 0));
    std::shuffle(children.begin(), children.end(), random);
    children.resize(count / 2, root);
    BOOST_TEST(count_children(root.token()) == (cancelled ? 0 : count / 2));
    children.clear();
    BOOST_TEST(count_children(root.token()) == 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_million_that_come_and_go_leave_nothing_behind) {  // TT-16
  cancellation_source root;
  auto const token = root.token();
  cancellation_source other;
  for (int i = 0; i < 1'000'000; ++i) {
    cancellation_source child(token);
    auto const callback = token.on_cancel([] {});
    if (i % 4 == 0) child.cancel();
    if (i % 16 == 0) (void)cancellation_token::any_of(token, other.token(), child.token());
    BOOST_REQUIRE((i % 1000 != 0 || count_children(token) == 1U));
    BOOST_REQUIRE((i % 1000 != 0 || count_listeners(token) == 1U));
  }
  BOOST_TEST(count_children(token) == 0U);
  BOOST_TEST(count_listeners(token) == 0U);
  BOOST_TEST(count_children(other.token()) == 0U);
}

BOOST_FIXTURE_TEST_CASE(operations_that_come_and_go_leave_nothing_behind, fixture) {  // TT-09
  cancellation_source root;
  auto const token = root.token();
  run([&]() -> awaitable<> {
    for (int i = 0; i < 20'000; ++i) {
      co_await curfew::cancel_when(asio::post(context, asio::deferred), token);
      ENDS(end::timed_out, curfew::wait_for(curfew::cancel_when(sleepy(1h), token), 1s));
      ENDS(end::timed_out, curfew::wait_for(token.wait(), 1s));
      BOOST_REQUIRE(count_listeners(token) == 0U);
    }
  });
}

// A random graph is grown, thinned out and cancelled here and there, beside a model of it.
BOOST_AUTO_TEST_CASE(a_random_graph_behaves_like_its_model) {
  struct node {
    std::optional<cancellation_source> source;  // or only a token, or by now neither
    cancellation_token token;
    std::set<std::size_t> parents;
    int why = -1;  // the number of the request that cancelled it
    int told = 0;
    curfew::cancellation_callback callback;
  };
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::mt19937 random(seed);
    std::vector<node> graph(400);
    auto const cancel = [&](std::size_t at, int number) {
      bool const first = graph[at].why < 0;
      BOOST_REQUIRE(graph[at].source->cancel({std::to_string(number)}) == first);
      // Parents have lower numbers than their children.
      if (first) graph[at].why = number;
      for (auto i = at + 1; first && i < graph.size(); ++i)
        for (auto const parent : graph[i].parents)
          if (graph[i].why < 0 && graph[parent].why == number) graph[i].why = number;
    };
    for (std::size_t i = 0; i < graph.size(); ++i) {
      auto& each = graph[i];
      auto const pick = [&] { return i < 2 ? std::size_t{0} : random() % i; };
      if (i != 0 && random() % 8 != 0) each.parents.insert(pick());
      while (i != 0 && random() % 3 == 0) each.parents.insert(pick());
      std::vector<cancellation_token> from;
      for (auto const parent : each.parents)
        if (graph[parent].token) from.push_back(graph[parent].token);
      std::erase_if(each.parents, [&](auto parent) { return !graph[parent].token; });
      if (from.empty())
        each.source.emplace();
      else
        each.source.emplace(cancellation_token::any_of(from));
      each.token = each.source->token();
      for (auto const parent : each.parents)
        if (each.why < 0) each.why = graph[parent].why;
      each.callback = each.token.on_cancel([&told = each.told] { ++told; });
      // Dropped: what listens below it must be heard no less.
      if (auto& gone = graph[pick()]; i > 2 && random() % 4 == 0) {
        gone.source.reset();
        gone.token = {};
      }
      auto const at = pick();
      if (random() % 16 == 0 && graph[at].source) cancel(at, static_cast<int>(i));
    }
    for (auto& each : graph) {
      BOOST_REQUIRE(each.told == (each.why >= 0 ? 1 : 0));
      if (!each.token) continue;
      BOOST_REQUIRE(each.token.cancelled() == (each.why >= 0));
      auto const text = each.why < 0 ? "" : std::to_string(each.why);
      BOOST_REQUIRE(each.token.reason().text() == text);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
