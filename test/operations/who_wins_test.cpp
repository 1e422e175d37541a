#include "both_ways.hpp"
#include "manual_op.hpp"

#include <algorithm>
#include <array>

// The table of who wins, by machine: each form of a limit, each way in which an operation can end
// and can answer a request, and the limit, a request from outside and the operation's own end at
// one instant in every order.

BOOST_AUTO_TEST_SUITE(who_wins)

namespace {

using void_op = manual_op<error_code>;

enum class reaction { posts_abort, aborts_inline, ignores };
enum class event { begin, request, finish };
enum class form { wait_for_deferred, wait_for_awaitable, timeout, move_on_deferred, move_on_block };

std::ostream& operator<<(std::ostream& out, form f) {
  static char const* const names[] = {"wait_for(deferred)", "wait_for(awaitable)", "timeout",
                                      "move_on_after(op)", "move_on_after(block)"};
  return out << names[static_cast<int>(f)];
}

/// How a limited operation ends; a quiet expiry counts as a timeout.
awaitable<end> limited(form by, void_op& op, curfew::clock::duration limit) {
  auto const body = [&]() -> awaitable<> { co_await op(); };
  end how = end::value;
  try {
    switch (by) {
      case form::wait_for_deferred: co_await curfew::wait_for(op(), limit); break;
      case form::wait_for_awaitable: co_await curfew::wait_for(body(), limit); break;
      case form::timeout: co_await curfew::timeout(limit, body); break;
      case form::move_on_deferred:
        if (!co_await curfew::move_on_after(op(), limit)) how = end::timed_out;
        break;
      case form::move_on_block:
        if (!co_await curfew::move_on_after(limit, body)) how = end::timed_out;
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
  bool has_limit, has_request;
  std::vector<event> order;
};

std::ostream& operator<<(std::ostream& out, plan const& p) {
  out << p.by << ", answers " << static_cast<int>(p.answers) << ", ends with '"
      << p.own_end.message() << "', limit " << p.has_limit << ", order";
  for (auto e : p.order)
    out << (e == event::begin ? " limit" : e == event::request ? " request" : " end");
  return out;
}

/// What the contract says. A request that is answered through the queue ends the operation after
/// all that happens in the same instant.
end expected(plan const& p) {
  bool limit = false, request = false, finished = false, aborted_by_request = false;
  error_code ended_with = p.own_end;
  for (auto e : p.order) {
    if (e == event::finish && !aborted_by_request) finished = true;
    if (finished) break;
    if (e == event::begin && p.has_limit) limit = true;
    if (e == event::request) request = true;
    if ((limit || request) && p.answers != reaction::ignores) {
      aborted_by_request = true;
      ended_with = asio::error::operation_aborted;
      if (p.answers == reaction::aborts_inline) break;
    }
  }
  auto const how = end_of(ended_with);
  return how == end::aborted && limit && !request ? end::timed_out : how;
}

constexpr auto instant = 10ms;

void play(bool in_a_scope, plan const& p) {
  caller test(in_a_scope);
  void_op op;
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
      case event::request: at_the_instant([&] { test.cancel(); }); break;
      case event::finish: at_the_instant([&] { op.complete(p.own_end); }); break;
      case event::begin:
        test.start([&]() -> awaitable<> {
          how = co_await limited(p.by, op, p.has_limit ? instant : instant * 1000);
          // A request from outside is seen at the latest here.
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

// WF-10 WF-22 TS-09 TS-11 TS-20 TS-53
BOOST_AUTO_TEST_CASE(the_table_holds_for_every_order_of_what_happens_at_one_instant) {
  error_code const ends[] = {error_code(), asio::error::eof, asio::error::operation_aborted};
  int played = 0;
  for (auto by : {form::wait_for_deferred, form::wait_for_awaitable, form::timeout,
                  form::move_on_deferred, form::move_on_block})
    for (auto answers : {reaction::posts_abort, reaction::aborts_inline, reaction::ignores})
      for (auto own_end : ends)
        for (bool has_limit : {false, true})
          for (bool has_request : {false, true}) {
            std::vector<event> order{event::begin, event::finish};
            if (has_request) order.insert(order.begin() + 1, event::request);
            std::sort(order.begin(), order.end());
            do {
              plan const p{by, answers, own_end, has_limit, has_request, order};
              for (bool in_a_scope : {false, true}) {
                BOOST_TEST_CONTEXT(p << (in_a_scope ? " in a scope" : " in a plain coroutine"))
                play(in_a_scope, p);
                ++played;
              }
            } while (std::next_permutation(order.begin(), order.end()));
          }
  BOOST_TEST(played == 5 * 3 * 3 * (2 + 2 + 6 + 6) * 2);
}

BOTH_WAYS(a_request_that_is_pending_at_entry_beats_any_limit) {  // WF-31
  void_op op;
  int destroyed = 0;
  start([&]() -> awaitable<> {
    ENDS(end::aborted, curfew::sleep_for(1h));
    auto const body = [&](witness) -> awaitable<> { co_await op(); };
    for (auto limit : {1h, 0h, -1h}) {
      auto deferred = curfew::wait_for(op(witness(destroyed)), limit);
      ENDS(end::aborted, std::move(deferred));
      ENDS(end::aborted, curfew::wait_for(body(witness(destroyed)), limit));
      ENDS(end::aborted, curfew::timeout(limit, body, witness(destroyed)));
      ENDS(end::aborted, curfew::move_on_after(limit, body, witness(destroyed)));
      auto moving_on = curfew::move_on_after(op(witness(destroyed)), limit);
      ENDS(end::aborted, std::move(moving_on));
    }
  });
  ask();
  time.run();
  BOOST_TEST((ended == end::value));
  BOOST_TEST(op.started == 0);
  BOOST_TEST(destroyed == 15);
}

BOTH_WAYS(inside_an_expired_scope_the_scope_is_the_outer_cause_of_each_refusal) {
  for (auto by : {form::wait_for_deferred, form::wait_for_awaitable, form::timeout,
                  form::move_on_deferred, form::move_on_block}) {
    BOOST_TEST_CONTEXT(by) {
      void_op op;
      op.on_cancel = [&] { op.post(asio::error::operation_aborted); };
      run([&]() -> awaitable<> {
        end inner = end::value;
        auto const body = [&]() -> awaitable<> {
          inner = co_await limited(by, op, 0s);
          if (inner != end::value) throw system_error(asio::error::operation_aborted);
        };
        ENDS(end::timed_out, curfew::timeout(0s, body));
        BOOST_TEST(inner == end::aborted);
      });
    }
  }
}

BOTH_WAYS(a_socket_that_somebody_closed_is_no_timeout) {
  asio::ip::udp::socket socket(context, asio::ip::udp::v4());
  char buffer[8];
  run([&]() -> awaitable<> {
    auto const read = [&] { return socket.async_receive(asio::buffer(buffer), asio::deferred); };
    auto const body = [&]() -> awaitable<> { co_await read(); };
    auto const cancel_soon = [&] {
      asio::post(context, [&] { asio::post(context, [&] { socket.cancel(); }); });
    };
    cancel_soon();
    ENDS(end::aborted, curfew::wait_for(read(), 1h));
    cancel_soon();
    ENDS(end::aborted, curfew::wait_for(body(), 1h));
    cancel_soon();
    ENDS(end::aborted, curfew::timeout(1h, body));
    cancel_soon();
    ENDS(end::aborted, curfew::move_on_after(1h, body));
    cancel_soon();
    ENDS(end::aborted, curfew::move_on_after(read(), 1h));
    ENDS(end::value, curfew::sleep_for(1ms));
  });
  BOOST_TEST(elapsed() == 1ms);
}

BOOST_AUTO_TEST_SUITE_END()
