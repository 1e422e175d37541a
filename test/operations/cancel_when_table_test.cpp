#include "both_ways.hpp"
#include "manual_op.hpp"

#include <algorithm>

// Who wins, by machine, where a token and a limit are around one operation: each nesting of both,
// each way in which the operation can end and can answer a request, and the limit, the token, a
// request from outside and the operation's own end at one instant in every order.

BOOST_AUTO_TEST_SUITE(cancel_when_table)

namespace {

using void_op = manual_op<error_code>;

enum class reaction { posts_abort, aborts_inline, ignores };
enum class event { limit, token, request, finish };
enum class form {
  deferred_in_limit,   ///< wait_for(cancel_when(deferred))
  limit_in_deferred,   ///< cancel_when(wait_for(deferred))
  awaitable_in_limit,  ///< wait_for(cancel_when(awaitable))
  limit_in_awaitable,  ///< cancel_when(wait_for(awaitable))
  deferred_in_block,   ///< timeout(block with cancel_when(deferred))
  block_in_awaitable,  ///< cancel_when(block with wait_for(deferred))
  in_quiet_limit,      ///< move_on_after(cancel_when(awaitable))
  quiet_limit_inside,  ///< cancel_when(move_on_after(block))
};
constexpr form forms[] = {form::deferred_in_limit,  form::limit_in_deferred,
                          form::awaitable_in_limit, form::limit_in_awaitable,
                          form::deferred_in_block,  form::block_in_awaitable,
                          form::in_quiet_limit,     form::quiet_limit_inside};

bool limit_is_outermost(form f) {
  return f == form::deferred_in_limit || f == form::awaitable_in_limit ||
         f == form::deferred_in_block || f == form::in_quiet_limit;
}

std::ostream& operator<<(std::ostream& out, form f) {
  static char const* const names[] = {
      "wait_for(cancel_when(deferred))",   "cancel_when(wait_for(deferred))",
      "wait_for(cancel_when(awaitable))",  "cancel_when(wait_for(awaitable))",
      "timeout(block(cancel_when(op)))",   "cancel_when(block(wait_for(op)))",
      "move_on_after(cancel_when(block))", "cancel_when(move_on_after(block))"};
  return out << names[static_cast<int>(f)];
}

/// How the operation ends under both; a quiet expiry counts as a timeout.
awaitable<end> both(form f, void_op& op, curfew::cancellation_token token,
                    curfew::clock::duration limit) {
  auto const run_op = [&]() -> awaitable<> { co_await op(); };
  auto const with_token = [&]() -> awaitable<> { co_await curfew::cancel_when(op(), token); };
  auto const with_limit = [&]() -> awaitable<> { co_await curfew::wait_for(op(), limit); };
  end how = end::value;
  try {
    switch (f) {
      case form::deferred_in_limit:
        co_await curfew::wait_for(curfew::cancel_when(op(), token), limit);
        break;
      case form::limit_in_deferred:
        co_await curfew::cancel_when(curfew::wait_for(op(), limit), token);
        break;
      case form::awaitable_in_limit:
        co_await curfew::wait_for(curfew::cancel_when(run_op(), token), limit);
        break;
      case form::limit_in_awaitable:
        co_await curfew::cancel_when(curfew::wait_for(run_op(), limit), token);
        break;
      case form::deferred_in_block: co_await curfew::timeout(limit, with_token); break;
      case form::block_in_awaitable: co_await curfew::cancel_when(with_limit(), token); break;
      case form::in_quiet_limit:
        if (!co_await curfew::move_on_after(curfew::cancel_when(run_op(), token), limit))
          how = end::timed_out;
        break;
      case form::quiet_limit_inside:
        if (!co_await curfew::cancel_when(curfew::move_on_after(limit, run_op), token))
          how = end::timed_out;
        break;
    }
  } catch (...) {
    how = end_of(std::current_exception());
  }
  co_return how;
}

struct plan {
  form by;
  reaction answers;
  error_code own_end;
  bool has_limit, has_token, has_request;
  std::vector<event> order;
};

std::ostream& operator<<(std::ostream& out, plan const& p) {
  static char const* const names[] = {" limit", " token", " request", " end"};
  out << p.by << ", answers " << static_cast<int>(p.answers) << ", ends with '"
      << p.own_end.message() << "', limit " << p.has_limit << ", order";
  for (auto e : p.order) out << names[static_cast<int>(e)];
  return out;
}

/// What the contract says: of those that asked before the end, the outermost.
end expected(plan const& p) {
  bool limit = false, token = false, request = false, stopped = false;
  error_code ended_with = p.own_end;
  for (auto e : p.order) {
    if (e == event::finish && !stopped) break;
    limit |= e == event::limit && p.has_limit;
    token |= e == event::token;
    request |= e == event::request;
    if ((limit || token || request) && p.answers != reaction::ignores) {
      stopped = true;
      ended_with = asio::error::operation_aborted;
      if (p.answers == reaction::aborts_inline) break;
    }
  }
  auto const how = end_of(ended_with);
  bool const by_limit = limit && !request && (!token || limit_is_outermost(p.by));
  return how == end::aborted && by_limit ? end::timed_out : how;
}

constexpr auto instant = 10ms;

void play(bool in_a_scope, plan const& p) {
  caller test(in_a_scope);
  void_op op;
  curfew::cancellation_source source;
  std::optional<end> how;
  if (p.answers == reaction::posts_abort)
    op.on_cancel = [&] { op.post(asio::error::operation_aborted); };
  else if (p.answers == reaction::aborts_inline)
    op.on_cancel = [&] { op.complete(asio::error::operation_aborted); };

  auto const at_the_instant = [&](auto what) {
    curfew::sleep_until(test.context, test.time.now() + instant)([what](error_code) { what(); });
  };
  // Deadlines at one instant fire in the order in which they are armed.
  for (auto e : p.order) {
    switch (e) {
      case event::token: at_the_instant([&] { source.cancel("by the token"); }); break;
      case event::request: at_the_instant([&] { test.cancel(); }); break;
      case event::finish: at_the_instant([&] { op.complete(p.own_end); }); break;
      case event::limit:
        test.start([&]() -> awaitable<> {
          how = co_await both(p.by, op, source.token(), p.has_limit ? instant : instant * 1000);
          // Neither the token nor the limit leaks; a request is seen at the latest here.
          ENDS(p.has_request ? end::aborted : end::value, curfew::sleep_for(1ms));
        });
        test.time.settle();
    }
  }
  test.time.run();
  BOOST_REQUIRE(how.has_value());
  BOOST_TEST(*how == expected(p));
  BOOST_TEST((test.ended == end::value));
  BOOST_TEST(op.started == 1);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_outermost_cause_wins_for_every_order_of_what_happens_at_one_instant) {
  error_code const ends[] = {error_code(), asio::error::eof, asio::error::operation_aborted};
  int played = 0;
  for (auto by : forms)
    for (auto answers : {reaction::posts_abort, reaction::aborts_inline, reaction::ignores})
      for (auto own_end : ends)
        for (bool has_limit : {false, true})
          for (bool has_token : {false, true})
            for (bool has_request : {false, true}) {
              std::vector<event> order{event::limit};
              if (has_token) order.push_back(event::token);
              if (has_request) order.push_back(event::request);
              order.push_back(event::finish);
              do {
                plan const p{by, answers, own_end, has_limit, has_token, has_request, order};
                for (bool in_a_scope : {false, true}) {
                  BOOST_TEST_CONTEXT(p << (in_a_scope ? " in a scope" : " in a plain coroutine"))
                  play(in_a_scope, p);
                  ++played;
                }
              } while (std::next_permutation(order.begin(), order.end()));
            }
  BOOST_TEST(played == 8 * 3 * 3 * 2 * (2 + 6 + 6 + 24) * 2);
}

// One after the other, and the operation bears both; the last request may not have reached it yet.
BOOST_AUTO_TEST_CASE(the_outermost_cause_wins_in_whichever_order_both_came) {
  error_code const aborted = asio::error::operation_aborted;
  for (auto by : forms)
    for (bool const in_a_scope : {false, true})
      for (bool const token_first : {false, true})
        for (bool const delivered : {false, true}) {
          BOOST_TEST_CONTEXT(by << (in_a_scope ? " in a scope" : " in a plain coroutine")
                                << ", token first " << token_first << ", delivered " << delivered) {
            caller test(in_a_scope);
            void_op op;
            curfew::cancellation_source source;
            std::optional<end> how;
            test.start([&]() -> awaitable<> {
              how = co_await both(by, op, source.token(), 1s);
              ENDS(end::value, curfew::sleep_for(1ms));
            });
            test.time.settle();
            if (token_first) source.cancel();
            test.time.advance(1s);
            if (!token_first && delivered) {
              source.cancel();
              test.time.settle();
              BOOST_TEST(op.requests.size() >= 2U);
            }
            asio::post(test.context, [&] { op.complete(aborted); });
            if (!token_first && !delivered) source.cancel();  // on its way to the executor
            test.time.run();
            BOOST_REQUIRE(how.has_value());
            BOOST_TEST(*how == (limit_is_outermost(by) ? end::timed_out : end::aborted));
          }
        }
}

BOOST_AUTO_TEST_SUITE_END()
