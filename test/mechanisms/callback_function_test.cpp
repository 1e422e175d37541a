#include "../child_process.hpp"
#include "../support.hpp"
#include "token_counts.hpp"

#include <functional>
#include <list>
#include <memory>
#include <stdexcept>

BOOST_AUTO_TEST_SUITE(callback_function)

namespace {

using curfew::cancellation_reason;
using curfew::cancellation_source;
using curfew::cancellation_token;

int calls_of_function = 0;
void function() { ++calls_of_function; }

}  // namespace

BOOST_AUTO_TEST_CASE(the_function_is_destroyed_after_its_run_or_with_its_registration) {
  cancellation_source source;
  auto const kept = std::make_shared<int>();
  auto removed = source.token().on_cancel([kept] {});
  auto const run = source.token().on_cancel([kept] {});
  BOOST_TEST(kept.use_count() == 3);
  removed.reset();
  BOOST_TEST(kept.use_count() == 2);
  source.cancel();
  BOOST_TEST(kept.use_count() == 1);
  auto const late = source.token().on_cancel([kept] {});
  BOOST_TEST(kept.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(the_functions_destructor_may_destroy_the_registration) {
  cancellation_source source;
  std::optional<curfew::cancellation_callback> mine;
  int destroyed = 0;
  auto const guard = [&] {
    return std::shared_ptr<void>(nullptr, [&](void*) {
      ++destroyed;
      mine.reset();
    });
  };
  mine = source.token().on_cancel([kept = guard()] {});
  source.cancel();
  BOOST_TEST(destroyed == 1);
}

BOOST_AUTO_TEST_CASE(anything_that_can_be_called_with_or_without_the_reason_will_do) {
  cancellation_source source;
  auto const token = source.token();
  std::string called;
  struct both {
    std::string* called;
    void operator()(cancellation_reason const& why) { *called += "reason:" + why.text() + " "; }
    void operator()() { *called += "wrong"; }
  };
  auto const text = std::make_shared<std::string>("kept ");
  auto counting = [&called, n = 0]() mutable { called += std::to_string(++n) + " "; };
  std::list<curfew::cancellation_callback> all;
  all.push_back(token.on_cancel(&function));
  all.push_back(token.on_cancel(function));
  all.push_back(token.on_cancel(both{&called}));
  all.push_back(
      token.on_cancel([&, only = std::make_unique<std::string>("moved ")] { called += *only; }));
  all.push_back(token.on_cancel(std::bind_front(
      [&](std::string const& kept, cancellation_reason const&) { called += kept; }, *text)));
  all.push_back(token.on_cancel(counting));  // a copy
  all.push_back(
      token.on_cancel([&](cancellation_reason why) -> int { return called += why.text(), 1; }));
  calls_of_function = 0;
  source.cancel({"r"});
  counting();
  BOOST_TEST(calls_of_function == 2);
  BOOST_TEST(called == "reason:r moved kept 1 r1 ");
}

BOOST_AUTO_TEST_CASE(a_function_that_cannot_be_copied_in_leaves_nothing_behind) {
  struct unwilling {
    unwilling() = default;
    unwilling(unwilling const&) { throw std::runtime_error("no copy"); }
    void operator()() const {}
  };
  cancellation_source source;
  unwilling const function;
  BOOST_CHECK_THROW((void)source.token().on_cancel(function), std::runtime_error);
  BOOST_TEST(count_listeners(source.token()) == 0U);
}

BOOST_AUTO_TEST_CASE(a_registration_can_be_moved_and_what_it_is_assigned_over_is_removed) {
  cancellation_source source;
  auto const token = source.token();
  std::string called;
  auto first = token.on_cancel([&] { called += "1"; });
  auto moved = std::move(first);
  BOOST_TEST(!first.reset());
  BOOST_TEST(count_listeners(token) == 1U);
  auto second = token.on_cancel([&] { called += "2"; });
  moved = std::move(second);
  BOOST_TEST(count_listeners(token) == 1U);
  first = std::move(moved);  // what was moved from can be used again
  source.cancel();
  BOOST_TEST(called == "2");
}

BOOST_AUTO_TEST_CASE(a_registration_that_is_assigned_to_itself_stays) {
  cancellation_source source;
  int called = 0;
  auto callback = source.token().on_cancel([&] { ++called; });
  auto& same = callback;
  callback = std::move(same);
  source.cancel();
  BOOST_TEST(called == 1);
}

#if defined(__unix__)
namespace {

/// What a child process says in which the callback throws; empty where it does not abort.
template <class Callback>
std::string last_words(Callback callback, bool late) {
  auto const died = in_a_child([&] {
    cancellation_source source;
    if (late) source.cancel();
    auto const registered = source.token().on_cancel(callback);
    source.cancel();
  });
  return died.aborted ? died.words : "";
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_callback_that_throws_ends_the_program_and_says_so) {  // TT-22
  for (bool const late : {false, true}) {
    auto const words = last_words([] { throw std::runtime_error("oh dear"); }, late);
    BOOST_TEST((words.find("curfew: a cancellation callback threw \"oh dear\"") == 0));
    BOOST_TEST((last_words([] { throw 1; }, late).find("curfew: a cancellation callback") == 0));
    BOOST_TEST(last_words([] {}, late).empty());
  }
}
#endif

BOOST_AUTO_TEST_SUITE_END()
