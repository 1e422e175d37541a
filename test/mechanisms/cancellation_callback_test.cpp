#include "../support.hpp"
#include "token_counts.hpp"

#include <algorithm>
#include <functional>
#include <list>
#include <memory>
#include <vector>

BOOST_AUTO_TEST_SUITE(cancellation_callback)

namespace {

using curfew::cancellation_reason;
using curfew::cancellation_source;
using curfew::cancellation_token;

}  // namespace

BOOST_AUTO_TEST_CASE(callbacks_run_once_in_the_order_of_their_registration) {
  cancellation_source source;
  std::vector<int> called;
  std::list<curfew::cancellation_callback> all;
  for (int i = 0; i < 100; ++i)
    all.push_back(source.token().on_cancel([&called, i] { called.push_back(i); }));
  BOOST_TEST(called.empty());
  source.cancel();
  source.cancel();
  BOOST_TEST(called.size() == 100U);
  BOOST_TEST(std::is_sorted(called.begin(), called.end()));
}

BOOST_AUTO_TEST_CASE(the_callbacks_of_a_parent_run_before_those_of_its_children) {
  cancellation_source root;
  cancellation_source const child(root.token()), below(child.token());
  std::string called;
  auto const third = below.token().on_cancel([&] { called += "3"; });
  auto const second = child.token().on_cancel([&] { called += "2"; });
  auto const first = root.token().on_cancel([&] { called += "1"; });
  root.cancel();
  BOOST_TEST(called == "123");
}

BOOST_AUTO_TEST_CASE(a_late_callback_runs_at_once_with_the_first_reason) {  // TT-12
  cancellation_source source;
  source.cancel({"first"});
  source.cancel({"second"});
  std::string text;
  int called = 0;
  auto callback = source.token().on_cancel([&](cancellation_reason const& why) {
    text = why.text();
    ++called;
  });
  BOOST_TEST(text == "first");
  BOOST_TEST(!callback.reset());
  BOOST_TEST(called == 1);
  BOOST_TEST(count_listeners(source.token()) == 0U);
}

BOOST_AUTO_TEST_CASE(reset_says_whether_the_function_never_runs) {  // TT-18
  cancellation_source source;
  int called = 0;
  auto before = source.token().on_cancel([&] { ++called; });
  auto after = source.token().on_cancel([&] { ++called; });
  BOOST_TEST(before.reset());
  BOOST_TEST(!before.reset());
  BOOST_TEST(count_listeners(source.token()) == 1U);
  source.cancel();
  BOOST_TEST(called == 1);
  BOOST_TEST(!after.reset());
  curfew::cancellation_callback none;
  BOOST_TEST(!none.reset());
}

BOOST_AUTO_TEST_CASE(a_callback_on_an_empty_token_never_runs) {
  auto const kept = std::make_shared<int>();
  auto const callback = cancellation_token().on_cancel([kept] { ++*kept; });
  BOOST_TEST(*kept == 0);
  BOOST_TEST(kept.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(a_callback_may_remove_itself) {  // TT-13
  cancellation_source source;
  std::optional<curfew::cancellation_callback> mine;
  bool never_ran = true;
  // What it captured lives until it returns.
  auto const kept = std::make_shared<int>(0);
  mine = source.token().on_cancel([&, kept] {
    never_ran = mine->reset();
    mine.reset();
    ++*kept;
  });
  source.cancel();
  BOOST_TEST(!never_ran);
  BOOST_TEST(*kept == 1);
  BOOST_TEST(kept.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(a_callback_may_remove_itself_from_within_another_cancellation) {
  cancellation_source outer, inner;
  std::optional<curfew::cancellation_callback> mine;
  std::string called;
  auto const other = inner.token().on_cancel([&] {
    called += "inner ";
    mine.reset();  // runs further up on this thread
  });
  mine = outer.token().on_cancel([&] {
    inner.cancel();
    called += "outer";
  });
  outer.cancel();
  BOOST_TEST(called == "inner outer");
}

BOOST_AUTO_TEST_CASE(a_callback_may_remove_others_and_skips_nobody_else) {  // TT-11
  // Each of five removes one, itself included; the others run, once each.
  for (std::size_t remover = 0; remover < 5; ++remover)
    for (std::size_t removed = 0; removed < 5; ++removed) {
      cancellation_source source;
      std::vector<std::optional<curfew::cancellation_callback>> all(5);
      std::string called, expected;
      for (std::size_t i = 0; i < 5; ++i) {
        all[i] = source.token().on_cancel([&, i] {
          called += std::to_string(i);
          if (i == remover) all[removed].reset();
        });
        if (i != removed || removed <= remover) expected += std::to_string(i);
      }
      source.cancel();
      BOOST_TEST(called == expected);
    }
}

BOOST_AUTO_TEST_CASE(a_callback_may_register_others_which_run_at_once) {  // TT-11
  cancellation_source source;
  auto const token = source.token();
  std::list<curfew::cancellation_callback> all;
  std::string called;
  std::function<void(int)> const add = [&](int depth) {
    all.push_back(token.on_cancel([&, depth](cancellation_reason const& why) {
      called += "<" + why.text();
      if (depth > 0) add(depth - 1);
      called += ">";
    }));
  };
  add(3);
  add(0);
  source.cancel({"x"});
  BOOST_TEST(called == "<x<x<x<x>>>><x>");
  BOOST_TEST(count_listeners(token) == 0U);
}

BOOST_AUTO_TEST_CASE(a_callback_may_cancel_its_own_and_other_sources) {  // TT-11
  cancellation_source first, second;
  cancellation_source child(first.token());
  std::string called;
  bool again = true, below = true, other = false;
  auto const one = first.token().on_cancel([&] {
    called += "1";
    again = first.cancel();
    below = child.cancel();
    other = second.cancel();
  });
  auto const two = second.token().on_cancel([&] {
    called += "2";
    first.cancel();
  });
  auto const three = child.token().on_cancel([&] { called += "3"; });
  BOOST_TEST(first.cancel());
  BOOST_TEST(!again);
  BOOST_TEST(!below);
  BOOST_TEST(other);
  BOOST_TEST(called == "123");
}

BOOST_AUTO_TEST_CASE(a_callback_may_destroy_the_source_the_tokens_and_all_that_listen) {  // TT-11
  struct everything {
    cancellation_source source;
    cancellation_source child{source.token()};
    std::vector<cancellation_token> tokens{source.token(), child.token()};
    std::list<curfew::cancellation_callback> callbacks;
  };
  auto owner = std::make_unique<everything>();
  int called = 0;
  auto& all = *owner;
  all.callbacks.push_back(all.source.token().on_cancel([&] {
    ++called;
    owner.reset();
  }));
  all.callbacks.push_back(all.source.token().on_cancel([&] { called += 100; }));
  all.callbacks.push_back(all.child.token().on_cancel([&] { called += 100; }));
  BOOST_TEST(all.source.cancel());
  BOOST_TEST(!owner);
  BOOST_TEST(called == 1);
}

BOOST_AUTO_TEST_CASE(a_registration_keeps_the_token_but_needs_no_source) {
  cancellation_source root;
  int called = 0;
  curfew::cancellation_callback callback;
  {
    cancellation_source const child(root.token());
    callback = child.token().on_cancel([&] { ++called; });
  }
  root.cancel();
  BOOST_TEST(called == 1);
  callback = [] { return cancellation_source().token().on_cancel([] {}); }();
  BOOST_TEST(callback.reset());
}

BOOST_AUTO_TEST_SUITE_END()
