#include "../mechanisms/token_counts.hpp"
#include "../support.hpp"

#include <atomic>
#include <functional>
#include <latch>
#include <memory>
#include <random>
#include <stop_token>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(token_threads)

namespace {

using curfew::cancellation_source;
using curfew::cancellation_token;

/// Runs all at once, each on a thread of its own.
template <class... F>
void at_once(F... f) {
  std::latch ready(sizeof...(F));
  auto const run = [&](auto& each) {
    ready.arrive_and_wait();
    each();
  };
  std::vector<std::thread> threads;
  (threads.emplace_back([&run, &f] { run(f); }), ...);
  for (auto& each : threads) each.join();
}

void wait_for(std::atomic<bool> const& flag) {
  while (!flag) std::this_thread::yield();
}

}  // namespace

BOOST_AUTO_TEST_CASE(of_many_requests_at_once_exactly_one_is_the_first) {  // TT-10
  for (int round = 0; round < 2000; ++round) {
    cancellation_source root;
    cancellation_source const child(root.token());
    cancellation_source const any(cancellation_token::any_of(child.token(), root.token()));
    std::atomic<int> first{0}, told{0}, late{0};
    auto const callback = any.token().on_cancel([&] { ++told; });
    auto const cancel = [&](std::string text) {
      return [&, text] {
        auto mine = root;
        if (mine.cancel({text})) ++first;
        // Whoever was the first, everything below is cancelled by now.
        if (!child.cancelled() || !any.cancelled()) ++late;
        if (any.reason().text() != root.reason().text()) ++late;
      };
    };
    at_once(cancel("1"), cancel("2"), cancel("3"));
    BOOST_REQUIRE(first == 1);
    BOOST_REQUIRE(told == 1);
    BOOST_REQUIRE(late == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_second_request_returns_only_when_all_below_is_cancelled_by_the_first) {
  int missed = 0;
  for (int round = 0; round < 20; ++round) {
    cancellation_source root;
    std::vector<cancellation_source> leaves;
    for (int i = 0; i < 20'000; ++i) leaves.emplace_back(root.token());
    at_once([&] { cancellation_source(root).cancel(); },
            [&] {
              while (!root.cancelled()) {
              }
              missed += cancellation_source(root).cancel() || !leaves.back().cancelled();
            });
  }
  BOOST_TEST(missed == 0);
}

BOOST_AUTO_TEST_CASE(a_request_returns_only_when_all_below_is_cancelled_by_whomever) {  // TT-10
  int missed = 0;
  for (int round = 0; round < 20; ++round) {
    cancellation_source root;
    cancellation_source middle(root.token());
    std::vector<cancellation_source> leaves;
    for (int i = 0; i < 20'000; ++i) leaves.emplace_back(middle.token());
    at_once([&] { middle.cancel(); },
            [&] {
              while (!middle.cancelled()) {
              }
              root.cancel();
              missed += !leaves.back().cancelled();
            });
  }
  BOOST_TEST(missed == 0);
}

BOOST_AUTO_TEST_CASE(requests_from_all_over_a_graph_leave_nothing_live_and_tell_each_once) {
  for (unsigned round = 0; round < 200; ++round) {
    std::mt19937 random(round);
    cancellation_source root;
    std::vector<cancellation_source> graph{root};
    std::vector<std::atomic<int>> told(60);
    std::vector<curfew::cancellation_callback> callbacks;
    while (graph.size() < told.size()) {
      auto const& a = graph[random() % graph.size()];
      auto const& b = graph[random() % graph.size()];
      graph.emplace_back(cancellation_token::any_of(a.token(), b.token()));
    }
    for (std::size_t i = 0; i < graph.size(); ++i)
      callbacks.push_back(graph[i].token().on_cancel([&told, i] { ++told[i]; }));
    at_once(
        [graph] {
          for (auto i = graph.size(); i-- > 0;) cancellation_source(graph[i]).cancel();
        },
        [graph] {
          for (auto each : graph) each.cancel();
        },
        [root]() mutable { root.cancel(); });
    for (auto const& each : graph) BOOST_REQUIRE(each.cancelled());
    for (auto const& each : told) BOOST_REQUIRE(each == 1);
  }
}

BOOST_AUTO_TEST_CASE(callbacks_come_and_go_while_the_token_is_cancelled) {
  for (int round = 0; round < 300; ++round) {
    cancellation_source source;
    auto const token = source.token();
    std::atomic<int> wrong{0};
    auto const come_and_go = [&] {
      for (int i = 0; i < 50; ++i) {
        auto const called = std::make_shared<std::atomic<int>>(0);
        bool const was_cancelled = token.cancelled();
        auto callback = token.on_cancel([called] { ++*called; });
        if (was_cancelled && *called != 1) ++wrong;
        bool const never_runs = callback.reset();
        // By now it has run, or will not; and nobody keeps it.
        if (*called != !never_runs) ++wrong;
        if (called.use_count() != 1) ++wrong;
      }
    };
    at_once(come_and_go, come_and_go, [&] { source.cancel(); });
    BOOST_REQUIRE(wrong == 0);
    BOOST_REQUIRE(count_listeners(token) == 0U);
  }
}

BOOST_AUTO_TEST_CASE(removing_a_callback_waits_for_its_run_on_another_thread) {  // TT-13
  for (int round = 0; round < 200; ++round) {
    cancellation_source source;
    std::atomic<bool> running{false}, removing{false};
    std::atomic<int> steps{0};
    auto memory = std::make_unique<int>(0);
    auto callback = source.token().on_cancel([&] {
      running = true;
      wait_for(removing);
      for (int i = 0; i < 100; ++i, ++*memory) std::this_thread::yield();
      ++steps;
    });
    std::thread canceller([&] { source.cancel(); });
    wait_for(running);
    removing = true;
    BOOST_REQUIRE(!callback.reset());
    BOOST_REQUIRE(steps == 1);
    memory.reset();  // what the callback used
    canceller.join();
  }
}

BOOST_AUTO_TEST_CASE(removing_another_callback_does_not_wait_for_the_one_that_runs) {
  cancellation_source source;
  std::atomic<bool> running{false}, go_on{false};
  std::atomic<int> called{0};
  auto const first = source.token().on_cancel([&] {
    running = true;
    wait_for(go_on);
  });
  auto second = source.token().on_cancel([&] { ++called; });
  std::thread canceller([&] { source.cancel(); });
  wait_for(running);
  BOOST_TEST(second.reset());
  auto const late = source.token().on_cancel([&] { called += 10; });  // nor does a new one
  BOOST_TEST(called == 10);
  BOOST_TEST(!source.cancel());
  go_on = true;
  canceller.join();
  BOOST_TEST(called == 10);
}

BOOST_AUTO_TEST_CASE(children_come_and_go_while_the_parent_is_cancelled) {
  for (int round = 0; round < 300; ++round) {
    cancellation_source root;
    auto const token = root.token();
    cancellation_source const other;
    std::atomic<int> wrong{0};
    auto const derive = [&] {
      for (int i = 0; i < 40; ++i) {
        bool const was_cancelled = token.cancelled();
        std::optional<cancellation_source> child(token);
        std::optional<cancellation_source> low(child->token());
        auto const any = cancellation_token::any_of(other.token(), low->token(), token);
        if (was_cancelled && (!low->cancelled() || !any.cancelled())) ++wrong;
        child.reset();
        if (i % 2) low.reset();
        if (was_cancelled && any.reason().text() != "root") ++wrong;
        if (low && i % 8 == 0) low->cancel();
      }
    };
    at_once(derive, derive, [&] { root.cancel({"root"}); });
    BOOST_REQUIRE(wrong == 0);
    BOOST_REQUIRE(count_children(token) == 0U);
    BOOST_REQUIRE(count_children(other.token()) == 0U);
  }
}

BOOST_AUTO_TEST_CASE(the_last_handles_of_a_chain_go_on_several_threads_while_it_is_cancelled) {
  for (int round = 0; round < 500; ++round) {
    auto root = std::make_unique<cancellation_source>();
    auto middle = std::make_unique<cancellation_source>(root->token());
    auto low = std::make_unique<cancellation_source>(middle->token());
    at_once([&] { middle.reset(); }, [&] { low.reset(); },
            [&] {
              root->cancel();
              root.reset();
            });
  }
}

// ---- std::stop_token

BOOST_AUTO_TEST_CASE(tokens_of_a_stop_come_and_go_while_it_is_requested) {  // TT-21
  for (int round = 0; round < 300; ++round) {
    std::stop_source stop;
    std::atomic<int> wrong{0};
    auto const come_and_go = [&] {
      for (int i = 0; i < 30; ++i) {
        bool const was_requested = stop.stop_requested();
        std::optional token(curfew::from_stop_token(stop.get_token()));
        std::optional<cancellation_source> child(*token);
        auto const again = curfew::to_stop_token(child->token());
        if (was_requested && (!child->cancelled() || !again.stop_requested())) ++wrong;
        token.reset();
        child.reset();
      }
    };
    at_once(come_and_go, come_and_go, [&] { stop.request_stop(); });
    BOOST_REQUIRE(wrong == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_stop_is_asked_for_while_its_source_is_cancelled) {
  for (int round = 0; round < 1000; ++round) {
    cancellation_source source;
    std::atomic<int> wrong{0};
    auto const listen = [&] {
      auto const stop = curfew::to_stop_token(source.token());
      std::atomic<int> told{0};
      std::stop_callback const patient(stop, [&] { ++told; });
      std::optional<std::stop_callback<std::function<void()>>> hasty(std::in_place, stop,
                                                                     [&] { told += 10; });
      hasty.reset();  // waits for a call that runs
      while (told % 10 == 0) std::this_thread::yield();
      if (told > 11 || stop != curfew::to_stop_token(source.token())) ++wrong;
    };
    at_once(listen, listen, [&] { source.cancel(); });
    BOOST_REQUIRE(wrong == 0);
  }
}

BOOST_AUTO_TEST_SUITE_END()
