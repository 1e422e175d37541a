#include "conformance.hpp"

#include "../mechanisms/token_counts.hpp"
#include "../operations/manual_op.hpp"

#include <curfew/spawn.hpp>
#include <unordered_set>

BOOST_AUTO_TEST_SUITE(conforming_tokens)

namespace {

using curfew::cancel_when;
using curfew::cancellation_cause;
using curfew::cancellation_source;
using curfew::cancellation_token;

}  // namespace

// ---- the tree

CONFORMS("TT-01", every_waiter_of_a_token_wakes_and_later_ones_do_not_wait) {
  fixture f;
  cancellation_source source;
  int woken = 0;
  auto const waiter = [&]() -> awaitable<> {
    co_await source.token().wait();
    ++woken;
  };
  for (int i = 0; i < 3; ++i) asio::co_spawn(f.context, waiter(), asio::detached);
  f.time.settle();
  BOOST_TEST(woken == 0);
  source.cancel();
  f.time.settle();
  BOOST_TEST(woken == 3);
  f.start(waiter);
  BOOST_TEST(woken == 3);
  f.time.settle();
  BOOST_TEST(woken == 4);
}

CONFORMS("TT-02", a_request_goes_down_to_all_descendants_and_neither_up_nor_aside) {
  cancellation_source root;
  cancellation_source left(root.token()), right(root.token());
  cancellation_source const below(left.token());
  left.cancel();
  BOOST_TEST(below.cancelled());
  BOOST_TEST(!root.cancelled());
  BOOST_TEST(!right.cancelled());
  cancellation_source const below_right(right.token());
  root.cancel();
  BOOST_TEST(right.cancelled());
  BOOST_TEST(below_right.cancelled());
}

CONFORMS("TT-03", a_grandchild_hears_the_root_although_the_middle_is_gone) {
  cancellation_source root;
  auto middle = std::make_optional<cancellation_source>(root.token());
  cancellation_source const low(middle->token());
  middle.reset();
  BOOST_TEST(!low.cancelled());
  root.cancel({"from the root"});
  BOOST_TEST(low.cancelled());
  BOOST_TEST(low.reason().text() == "from the root");
}

CONFORMS("TT-04", a_child_of_a_cancelled_token_is_born_cancelled_and_either_may_go_first) {
  for (bool const parent_goes_first : {true, false}) {
    auto parent = std::make_optional<cancellation_source>();
    parent->cancel({"early"});
    auto child = std::make_optional<cancellation_source>(parent->token());
    BOOST_TEST(child->cancelled());
    BOOST_TEST(!child->cancel());
    cancellation_source const grandchild(child->token());
    (parent_goes_first ? parent : child).reset();
    (parent_goes_first ? child : parent).reset();
    BOOST_TEST(grandchild.reason().text() == "early");
  }
}

CONFORMS("TT-05", dropping_a_parent_cancels_none_of_its_children) {
  auto parent = std::make_optional<cancellation_source>();
  std::vector<cancellation_source> children;
  for (int i = 0; i < 3; ++i) children.emplace_back(parent->token());
  parent.reset();
  for (auto const& each : children) BOOST_TEST(!each.cancelled());
  BOOST_TEST(children[1].cancel());
  BOOST_TEST(!children[0].cancelled());
  BOOST_TEST(!children[2].cancelled());
}

CONFORMS("TT-06", work_under_a_token_never_starts_or_is_ended_or_completes) {
  fixture f;
  cancellation_source early, meanwhile, late;
  early.cancel();
  f.run([&]() -> awaitable<> {
    manual_op<error_code> op;
    ENDS(end::aborted, cancel_when(op(), early.token()));
    BOOST_TEST(op.started == 0);
    curfew::sleep_for(f.context, 1s)([&](error_code) { meanwhile.cancel(); });
    ENDS(end::aborted, cancel_when(curfew::sleep_for(1h), meanwhile.token()));
    BOOST_TEST(f.elapsed() == 1s);
    op.on_start = [&] {
      op.post({});  // the completion and the request meet in one tick
      late.cancel();
    };
    ENDS(end::value, cancel_when(op(), late.token()));
    BOOST_TEST(op.started == 1);
  });
}

CONFORMS("TT-07", a_guard_cancels_when_it_is_destroyed_unless_it_was_released) {
  cancellation_source guarded, released;
  {
    curfew::cancellation_guard const guard(guarded);
    curfew::cancellation_guard disarmed(released);
    BOOST_TEST(!guarded.cancelled());
    BOOST_TEST((disarmed.release() == released));
  }
  BOOST_TEST(guarded.cancelled());
  BOOST_TEST((guarded.reason().cause() == cancellation_cause::parent));
  BOOST_TEST(!released.cancelled());
}

CONFORMS("TT-08", copies_of_a_token_are_equal_and_children_and_strangers_are_not) {
  cancellation_source const source, stranger;
  cancellation_source const child(source.token());
  auto const copy = source.token();
  std::hash<cancellation_token> const hash;
  BOOST_TEST((copy == source.token()));
  BOOST_TEST(hash(copy) == hash(source.token()));
  BOOST_TEST((copy != child.token()));
  BOOST_TEST((copy != stranger.token()));
  std::unordered_set<cancellation_token> const set{copy, source.token(), child.token()};
  BOOST_TEST(set.size() == 2U);
}

CONFORMS("TT-09", a_wait_that_is_destroyed_leaves_its_token_and_a_later_request_is_harmless) {
  cancellation_source source;
  int woken = 0;
  {
    asio::io_context context;
    source.token().wait(context)([&](error_code) { ++woken; });
    auto const waiter = [&]() -> awaitable<> {
      co_await source.token().wait();
      ++woken;
    };
    asio::co_spawn(context, waiter(), asio::detached);
    context.poll();
    BOOST_TEST(count_listeners(source.token()) == 2U);
  }
  BOOST_TEST(count_listeners(source.token()) == 0U);
  BOOST_TEST(source.cancel());
  BOOST_TEST(woken == 0);
}

// ---- reasons and deadlines

CONFORMS("TT-14", the_first_reason_of_each_node_sticks_and_children_inherit_it) {
  cancellation_source root;
  cancellation_source left(root.token()), right(root.token());
  BOOST_TEST(left.cancel({cancellation_cause::shutdown, "left"}));
  BOOST_TEST(root.cancel({"root"}));
  BOOST_TEST(!root.cancel({"again"}));
  BOOST_TEST(root.reason().text() == "root");
  BOOST_TEST(left.reason().text() == "left");
  BOOST_TEST(right.reason().text() == "root");
  fixture f;
  cancellation_token timed;
  f.run([&]() -> awaitable<> {
    auto const body = [&](curfew::timeout_scope& scope) -> awaitable<> {
      timed = scope.token();
      co_await curfew::sleep_forever();
    };
    ENDS(end::timed_out, curfew::timeout(1s, body));
  });
  BOOST_TEST((timed.reason().cause() == cancellation_cause::deadline));
}

CONFORMS("TT-15", of_a_deadline_and_a_later_one_inside_it_the_earlier_holds) {
  fixture f;
  cancellation_token inner_token;
  auto const inner = [&](curfew::timeout_scope& scope) -> awaitable<> {
    inner_token = scope.token();
    BOOST_TEST((scope.deadline() - f.time.now() == 1h));
    BOOST_TEST((scope.effective_deadline() - f.time.now() == 1s));
    co_await curfew::sleep_forever();
  };
  auto const outer = [&]() -> awaitable<> { ENDS(end::aborted, curfew::timeout(1h, inner)); };
  f.run([&]() -> awaitable<> { co_await curfew::timeout(1s, outer); });
  BOOST_TEST(inner_token.cancelled());
  BOOST_TEST(f.elapsed() == 1s);
}

CONFORMS("TT-17", a_shield_knows_who_it_is_and_neither_deadline_nor_request_of_its_surroundings) {
  fixture f;
  cancellation_source source;
  source.cancel();
  auto const detached = [&]() -> awaitable<> {
    auto const self = co_await curfew::this_task::self();
    co_await curfew::sleep_for(2s);  // beyond the deadline outside
    BOOST_TEST(self.name() == "worker");
    BOOST_TEST(!self.cancelled());
    BOOST_TEST((self.remaining() == curfew::clock::duration::max()));
    ENDS(end::timed_out, curfew::wait_for(curfew::sleep_for(1h), 1s));
    BOOST_TEST(f.elapsed() == 3s);
  };
  auto const body = [&]() -> awaitable<> { co_await curfew::shield(detached()); };
  auto const worker = [&]() -> awaitable<> { ENDS(end::value, curfew::timeout(1s, body)); };
  auto const task = curfew::spawn(f.context, {"worker"}, worker);
  f.time.run();
  BOOST_TEST(task.result().has_value());
  BOOST_TEST(f.elapsed() == 3s);
}

CONFORMS("TT-19", a_merged_token_is_cancelled_with_the_first_of_its_tokens) {
  for (std::size_t which = 0; which < 3; ++which) {
    cancellation_source a, b, c;
    auto const any = cancellation_token::any_of(a.token(), b.token(), c.token());
    BOOST_TEST(!any.cancelled());
    cancellation_source* const all[] = {&a, &b, &c};
    all[which]->cancel({"first"});
    BOOST_TEST(any.cancelled());
    for (auto* each : all) each->cancel({"late"});
    BOOST_TEST(any.reason().text() == "first");
    BOOST_TEST(count_children(a.token()) == 0U);
  }
}

CONFORMS("TT-20", the_deadline_of_a_token_can_be_moved_until_it_has_fired) {
  fixture f;
  f.run([&]() -> awaitable<> {
    auto const body = [&](curfew::timeout_scope& scope) -> awaitable<> {
      auto const token = scope.token();
      co_await curfew::sleep_for(500ms);
      BOOST_TEST(scope.reschedule_after(2s));
      co_await curfew::sleep_for(1s);
      BOOST_TEST(!token.cancelled());
      BOOST_TEST(scope.reschedule_after(1s));
      ENDS(end::aborted, curfew::sleep_forever());
      BOOST_TEST(token.cancelled());
      BOOST_TEST(!scope.reschedule_after(1h));
      throw system_error(asio::error::operation_aborted);
    };
    ENDS(end::timed_out, curfew::timeout(1s, body));
  });
  BOOST_TEST(f.elapsed() == 2500ms);
}

CONFORMS("TT-23", work_under_two_tokens_is_cancelled_once_and_told_the_outermost_reason) {
  for (bool const own_first : {true, false}) {
    fixture f;
    cancellation_source own, bound;
    manual_op<error_code> op;
    std::string why;
    int ends = 0;
    auto const work = [&]() -> awaitable<> {
      auto const self = co_await curfew::this_task::self();
      ENDS(end::aborted, op());
      why = self.reason().text();
      ++ends;
      throw system_error(asio::error::operation_aborted);
    };
    auto task = curfew::spawn(f.context, {"work"}, [&]() -> awaitable<> {
      co_await cancel_when(cancel_when(work(), own.token()), bound.token());
    });
    f.time.settle();
    (own_first ? own : bound).cancel(own_first ? "own" : "bound");
    (own_first ? bound : own).cancel(own_first ? "bound" : "own");
    f.time.settle();
    BOOST_TEST(!task.done());
    asio::post(f.context, [&] { op.complete(asio::error::operation_aborted); });
    f.time.run();
    BOOST_TEST(why == "bound");
    BOOST_TEST(ends == 1);
    BOOST_TEST(task.cancelled());
  }
}

BOOST_AUTO_TEST_SUITE_END()
