#include "../support.hpp"

#include <memory>
#include <string>

// What has to hold on each supported compiler. Where one of them destroys a temporary twice, the
// counts below come out wrong.

BOOST_AUTO_TEST_SUITE(compiler_rules)

namespace {

struct counters {
  int made = 0, destroyed = 0;
  int live() const { return made - destroyed; }
};

/// Counts its lives. The text makes a second destruction a double free as well.
class counted {
 public:
  explicit counted(counters& c) : counters_(&c) { ++counters_->made; }
  counted(counted const& other) : counters_(other.counters_), text_(other.text_) {
    ++counters_->made;
  }
  counted(counted&& other) noexcept : counters_(other.counters_), text_(std::move(other.text_)) {
    ++counters_->made;
  }
  counted& operator=(counted const&) = delete;
  ~counted() { ++counters_->destroyed; }

  std::size_t size() const { return text_.size(); }

 private:
  counters* counters_;
  std::string text_ = "long enough to be on the heap of every standard library";
};

class move_only {
 public:
  explicit move_only(counters& c) : held_(c), number_(std::make_unique<int>(42)) {}
  int number() const { return number_ ? *number_ : -1; }

 private:
  counted held_;
  std::unique_ptr<int> number_;
};

awaitable<int> takes_move_only(move_only by_value) {
  co_await asio::post(asio::deferred);
  co_return by_value.number();
}

awaitable<std::size_t> takes_counted(curfew::timeout_scope&, counted by_value,
                                     counted const& copy) {
  co_await asio::post(asio::deferred);
  co_return by_value.size() + copy.size();
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_lambda_that_captures_by_reference_may_stand_in_the_expression, fixture) {
  counters c;
  run([&]() -> awaitable<> {
    counted const local(c);
    auto const size = co_await curfew::timeout(1s, [&]() -> awaitable<std::size_t> {
      co_await asio::post(asio::deferred);
      co_return local.size();
    });
    BOOST_TEST(size == local.size());
    auto const quiet =
        co_await curfew::move_on_after(1s, [&](curfew::timeout_scope&) -> awaitable<std::size_t> {
          co_await asio::post(asio::deferred);
          co_return local.size();
        });
    BOOST_TEST((quiet == local.size()));
    BOOST_TEST(c.live() == 1);
  });
  BOOST_TEST(c.made == 1);
  BOOST_TEST(c.live() == 0);
}

BOOST_FIXTURE_TEST_CASE(a_lambda_without_captures_takes_its_arguments_by_value, fixture) {
  counters c;
  run([&]() -> awaitable<> {
    counted const local(c);
    auto const size = co_await curfew::timeout(
        1s,
        [](counted by_value) -> awaitable<std::size_t> {
          co_await asio::post(asio::deferred);
          co_return by_value.size();
        },
        local);
    BOOST_TEST(size == local.size());
    BOOST_TEST(c.live() == 1);
    co_await curfew::timeout(1s, takes_counted, local, counted(c));
    BOOST_TEST(c.live() == 1);
  });
  BOOST_TEST(c.made > 2);
  BOOST_TEST(c.live() == 0);
}

BOOST_FIXTURE_TEST_CASE(a_named_lambda_may_capture_by_value, fixture) {
  counters c;
  run([&]() -> awaitable<> {
    counted const local(c);
    auto body = [local]() -> awaitable<std::size_t> {
      co_await asio::post(asio::deferred);
      co_return local.size();
    };
    BOOST_TEST((co_await curfew::timeout(1s, body)) == local.size());
    BOOST_TEST((co_await curfew::timeout(1s, body)) == local.size());
    BOOST_TEST((co_await curfew::timeout(1s, std::move(body))) == local.size());
    BOOST_TEST(c.live() == 2);
  });
  BOOST_TEST(c.live() == 0);
}

BOOST_FIXTURE_TEST_CASE(a_named_lambda_may_be_called_first_and_its_awaitable_be_limited, fixture) {
  counters c;
  run([&]() -> awaitable<> {
    counted const local(c);
    auto body = [local](int n) -> awaitable<int> {
      co_await asio::post(asio::deferred);
      co_return n + static_cast<int>(local.size() > 0);
    };
    BOOST_TEST((co_await curfew::wait_for(body(1), 1s)) == 2);
    auto op = body(2);
    BOOST_TEST((co_await curfew::wait_for(std::move(op), 1s)) == 3);
    BOOST_TEST(c.live() == 2);
  });
  BOOST_TEST(c.live() == 0);
}

BOOST_FIXTURE_TEST_CASE(arguments_that_can_only_be_moved_reach_the_body_once, fixture) {
  counters c;
  run([&]() -> awaitable<> {
    BOOST_TEST((co_await curfew::timeout(1s, takes_move_only, move_only(c))) == 42);
    BOOST_TEST(c.live() == 0);
    move_only named(c);
    BOOST_TEST((co_await curfew::timeout(1s, takes_move_only, std::move(named))) == 42);
    BOOST_TEST((co_await curfew::wait_for(takes_move_only(move_only(c)), 1s)) == 42);
    auto const result = co_await curfew::move_on_after(1s, takes_move_only, move_only(c));
    BOOST_TEST((result == 42));
    BOOST_TEST(c.live() == 1);
  });
  BOOST_TEST(c.live() == 0);
}

BOOST_FIXTURE_TEST_CASE(a_result_that_can_only_be_moved_arrives_once, fixture) {
  counters c;
  run([&]() -> awaitable<> {
    auto body = [&]() -> awaitable<move_only> {
      co_await asio::post(asio::deferred);
      co_return move_only(c);
    };
    {
      auto const from_scope = co_await curfew::timeout(1s, body);
      auto const from_limit = co_await curfew::wait_for(body(), 1s);
      auto const from_quiet = co_await curfew::move_on_after(1s, body);
      BOOST_TEST(from_scope.number() + from_limit.number() + from_quiet->number() == 126);
      BOOST_TEST(c.live() == 3);
    }
    BOOST_TEST(c.live() == 0);
  });
  BOOST_TEST(c.live() == 0);
}

BOOST_FIXTURE_TEST_CASE(what_a_timed_out_body_holds_is_destroyed_once, fixture) {
  counters c;
  run([&]() -> awaitable<> {
    auto body = [](counted by_value) -> awaitable<std::size_t> {
      counted const local = by_value;
      co_await curfew::sleep_forever();
      co_return local.size();
    };
    ENDS(end::timed_out, curfew::timeout(1s, body, counted(c)));
    BOOST_TEST(c.live() == 0);
    ENDS(end::timed_out, curfew::wait_for(body(counted(c)), 1s));
    BOOST_TEST(c.live() == 0);
    ENDS(end::timed_out, curfew::wait_for(body(counted(c)), 0s));
    BOOST_TEST(c.live() == 0);
    auto const nothing = co_await curfew::move_on_after(1s, body, counted(c));
    BOOST_TEST(!nothing);
    BOOST_TEST(c.live() == 0);
  });
  BOOST_TEST(c.made > 4);
}

BOOST_FIXTURE_TEST_CASE(a_reason_with_text_may_stand_in_a_call, fixture) {
  run([&]() -> awaitable<> {
    auto body = [](curfew::timeout_scope& scope) -> awaitable<> {
      scope.cancel({"a text that is long enough to be on the heap of every standard library"});
      BOOST_TEST(scope.reason().text().size() > 60U);
      co_await curfew::sleep_forever();
    };
    ENDS(end::aborted, curfew::timeout(1s, body));
  });
}

// What owns something is an argument; the function and the arguments live as long as the task.
BOOST_FIXTURE_TEST_CASE(what_is_spawned_in_an_expression_that_awaits_keeps_its_arguments, fixture) {
  auto const owned = std::make_shared<std::string>(100, 'x');
  run([&]() -> awaitable<> {
    auto const executor = co_await asio::this_coro::executor;
    auto const size =
        co_await curfew::spawn(
            executor, {"owner"},
            [](std::shared_ptr<std::string> text, std::string more) -> awaitable<std::size_t> {
              co_await curfew::sleep_for(1s);
              co_return text->size() + more.size();
            },
            owned, std::string(50, 'y'))
            .join();
    BOOST_TEST(size == 150U);
  });
  BOOST_TEST(owned.use_count() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
