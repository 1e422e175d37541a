#include "../structure/owners.hpp"

#include <curfew/detail/task_registry.hpp>
#include <curfew/resolve.hpp>
#include <curfew/wait_for.hpp>

// Look-ups: of real names, and by a resolver that is slow.

BOOST_AUTO_TEST_SUITE(resolve)

namespace {

using resolver = asio::ip::tcp::resolver;

/// A resolver that finds one thing, after a while, whatever it is asked to do.
class slow_resolver {
 public:
  using executor_type = asio::any_io_executor;
  using results_type = held;
  enum flags { plain = 0, special = 4 };

  explicit slow_resolver(executor_type executor) : executor_(std::move(executor)) { ++made; }
  slow_resolver(slow_resolver&&) = default;

  executor_type get_executor() const { return executor_; }
  void cancel() { ++cancelled; }
  template <class Token>
  auto async_resolve(std::string host, std::string service, flags which, Token&& token) {
    ++asked;
    last = host + ':' + service + (which == special ? "!" : "");
    return asio::async_initiate<Token, void(error_code, held)>(
        [](auto handler, asio::any_io_executor executor) {
          auto const where = asio::get_associated_executor(handler, executor);
          auto lasting = curfew::shield(sleepy(10s));
          asio::co_spawn(executor, std::move(lasting),
                         [where, handler = std::move(handler)](std::exception_ptr) mutable {
                           asio::dispatch(where, [handler = std::move(handler)]() mutable {
                             std::move(handler)(error, error ? held() : found);
                           });
                         });
        },
        token, executor_);
  }

  static inline int made, asked, cancelled;
  static inline std::string last;
  static inline error_code error;
  static inline held found;

 private:
  executor_type executor_;
};

struct slow_fixture {
  slow_fixture() {
    slow_resolver::made = slow_resolver::asked = slow_resolver::cancelled = 0;
    slow_resolver::error = {};
    slow_resolver::found = make_held();
  }
  ~slow_fixture() { BOOST_TEST(slow_resolver::found.use_count() == 1); }
};

/// How many tasks the context has that look something up.
int look_ups(asio::io_context& context) {
  auto& deadlines = curfew::detail::deadline_service::of(context);
  int found = 0;
  for (auto const& each : curfew::detail::task_registry::of(deadlines).tasks())
    found += each->name() == "resolve example.com:https";
  return found;
}

/// Runs a coroutine in real time.
template <class F>
void run_really(F f) {
  asio::io_context context;
  auto const t = curfew::spawn(context, [&] { return f(context); });
  context.run_for(30s);
  BOOST_REQUIRE(t.done());
  t.result().value();
}

}  // namespace

BOOST_AUTO_TEST_CASE(names_and_addresses_are_looked_up) {
  run_really([](asio::io_context& context) -> awaitable<> {
    resolver names(context);
    auto const found = co_await curfew::resolve(names, "127.0.0.1", "80", 20s);
    static_assert(std::is_same_v<decltype(found), resolver::results_type const>);
    BOOST_REQUIRE(found.size() == 1U);
    BOOST_TEST(found.begin()->endpoint().address().to_string() == "127.0.0.1");
    BOOST_TEST(found.begin()->endpoint().port() == 80);
    auto const local = co_await curfew::resolve(names, "localhost", "", 20s);
    BOOST_TEST(!local.empty());
    for (auto const& each : local) BOOST_TEST(each.endpoint().address().is_loopback());
  });
}

BOOST_AUTO_TEST_CASE(errors_of_the_resolver_are_its_own) {
  run_really([](asio::io_context& context) -> awaitable<> {
    resolver names(context);
    SAYS(error_code(asio::error::host_not_found).message(),
         curfew::resolve(names, "no address", "80", resolver::numeric_host, 20s));
    asio::ip::udp::resolver others(context);
    SAYS(error_code(asio::error::host_not_found).message(),
         curfew::resolve(others, "localhost", "80", resolver::numeric_host, 20s));
  });
}

BOOST_AUTO_TEST_CASE(a_real_look_up_may_be_left_behind_by_everybody) {
  asio::io_context context;
  std::optional<resolver> names(std::in_place, context);
  auto looking = curfew::resolve(*names, "localhost", "80", 1ns);
  names.reset();
  auto const waits = [&]() -> awaitable<> {
    auto const how = co_await curfew::settle(std::move(looking));
    BOOST_TEST((how.has_value() || how.timed_out()));
  };
  auto const t = curfew::spawn(context, waits);
  context.run_for(30s);
  BOOST_TEST(t.done());
  BOOST_TEST(context.stopped());
}

EACH_OWNER(at_the_limit_the_caller_goes_on_and_the_look_up_stays_with_the_context) {
  slow_fixture const f;
  run([&]() -> awaitable<> {
    auto const looking = [&] {
      slow_resolver names(context.get_executor());
      return curfew::resolve(names, "example.com", "https", 2s);
    };
    SAYS("timed_out", looking());
    BOOST_TEST((elapsed() == 2s));
    BOOST_TEST(look_ups(context) == 1);
    BOOST_TEST(slow_resolver::cancelled == 1);
    BOOST_TEST(slow_resolver::last == "example.com:https");
  });
  BOOST_TEST(look_ups(context) == 0);
  BOOST_TEST((elapsed() == 10s));
}

EACH_OWNER(what_comes_in_time_is_given) {
  slow_fixture const f;
  slow_resolver names(context.get_executor());
  run([&]() -> awaitable<> {
    auto const found = co_await curfew::resolve(names, "example.com", "https", 20s);
    BOOST_TEST((found == slow_resolver::found));
    BOOST_TEST(slow_resolver::cancelled == 0);
    co_await curfew::resolve(names, "a", "b", slow_resolver::special, curfew::never);
    BOOST_TEST(slow_resolver::last == "a:b!");
    slow_resolver::error = asio::error::host_not_found;
    SAYS(error_code(asio::error::host_not_found).message(),
         curfew::resolve(names, "example.com", "https", 20s));
    BOOST_TEST(look_ups(context) == 0);
  });
  BOOST_TEST(slow_resolver::made == 4);  // each look-up has one of its own
}

EACH_OWNER(that_it_failed_late_is_no_news) {
  slow_fixture const f;
  captured_cerr const said;
  slow_resolver::error = asio::error::host_not_found;
  slow_resolver names(context.get_executor());
  run([&]() -> awaitable<> {
    SAYS("timed_out", curfew::resolve(names, "example.com", "https", 2s));
  });
  BOOST_TEST(said.text() == "");
}

EACH_OWNER(who_is_asked_to_stop_leaves_at_once) {
  slow_fixture const f;
  slow_resolver names(context.get_executor());
  start([&]() -> awaitable<> { co_await curfew::resolve(names, "example.com", "https", 20s); });
  time.advance(1s);
  ask_and_settle();
  BOOST_REQUIRE(ended.has_value());
  BOOST_TEST(*ended == end::aborted);
  BOOST_TEST(look_ups(context) == 1);
  BOOST_TEST(slow_resolver::cancelled == 1);
  time.run();
  BOOST_TEST(look_ups(context) == 0);
}

EACH_OWNER(without_time_nothing_is_looked_up) {
  slow_fixture const f;
  slow_resolver names(context.get_executor());
  run([&]() -> awaitable<> {
    SAYS("timed_out", curfew::resolve(names, "example.com", "https", 0s));
    SAYS("timed_out", curfew::resolve(names, "a", "b", slow_resolver::special, -1s));
  });
  BOOST_TEST(slow_resolver::asked == 0);
}

BOOST_FIXTURE_TEST_CASE(coroutines_of_other_executors_look_up_too, fixture) {
  using strand = asio::strand<asio::io_context::executor_type>;
  using on_strand = asio::ip::basic_resolver<asio::ip::tcp, strand>;
  using awaiting = asio::ip::basic_resolver<
      asio::ip::tcp, asio::use_awaitable_t<>::executor_with_default<asio::any_io_executor>>;
  slow_fixture const f;
  auto const where = asio::make_strand(context);
  on_strand names(where);
  awaiting others(context.get_executor());
  static_assert(std::is_same_v<decltype(curfew::resolve(names, "", "", 1s)),
                               asio::awaitable<on_strand::results_type, strand>>);
  static_assert(std::is_same_v<decltype(curfew::resolve(others, "", "", 1s)),
                               awaitable<awaiting::results_type>>);
  slow_resolver slow(context.get_executor());
  auto const body = [&]() -> asio::awaitable<void, strand> {
    co_await curfew::resolve.on<strand>(slow, "a", "b", 20s);
    co_await curfew::resolve.on<strand>(slow, "a", "b", slow_resolver::special, 20s);
  };
  auto const t = curfew::spawn(where, body);
  time.run();
  BOOST_TEST(t.result().has_value());
}

BOOST_AUTO_TEST_CASE(the_context_may_die_in_the_middle_of_it) {
  slow_fixture const f;
  {
    captured_cerr const what_timed_out;
    asio::io_context context;
    curfew::testing::virtual_time time(context);
    slow_resolver names(context.get_executor());
    curfew::spawn(context, curfew::resolve(names, "a", "b", 20s));
    curfew::spawn(context, curfew::resolve(names, "a", "b", 1s));
    time.advance(2s);
  }
  // A real one, of which the thread has to be waited for.
  asio::io_context context;
  resolver names(context);
  curfew::spawn(context, curfew::resolve(names, "localhost", "80", 20s));
  context.poll();
}

BOOST_AUTO_TEST_SUITE_END()
