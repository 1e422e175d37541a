#include "../support.hpp"

// What reports errors by codes throws none: neither the caller nor anybody on the way.

#if defined(__linux__)
#include <dlfcn.h>

#include <atomic>

namespace {
std::atomic<int> thrown_so_far{0};
}  // namespace

// Counts what this program throws: it stands in for the function that compilers call for `throw`,
// which each of them declares in its own way.
extern "C" [[noreturn]] void count_and_throw(void* what, void* type,
                                             void (*destroy)(void*)) __asm__("__cxa_throw");
void count_and_throw(void* what, void* type, void (*destroy)(void*)) {
  using throws = void (*)(void*, void*, void (*)(void*));
  static auto const next = reinterpret_cast<throws>(::dlsym(RTLD_NEXT, "__cxa_throw"));
  ++thrown_so_far;
  next(what, type, destroy);
  __builtin_unreachable();
}
#endif

BOOST_AUTO_TEST_SUITE(thrown)

#if defined(__linux__)

namespace {

constexpr auto as_codes = asio::as_tuple(asio::deferred);

/// How many exceptions there are until a task has ended that is asked to stop after two seconds.
template <class F>
int thrown_in(F body) {
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  auto const t = curfew::spawn(context, body);
  auto const before = thrown_so_far.load();
  time.advance(2s);
  t.cancel();
  time.run();
  BOOST_TEST(t.result().has_value());
  return thrown_so_far.load() - before;
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_exception_is_counted) {
  auto const body = []() -> awaitable<> {
    bool caught = false;
    try {
      co_await curfew::wait_for(curfew::sleep_for(1h), 1s);
    } catch (system_error const&) {
      caught = true;
    }
    BOOST_TEST(caught);
  };
  BOOST_TEST(thrown_in(body) > 0);
}

BOOST_AUTO_TEST_CASE(a_limit_around_an_operation_throws_nothing) {
  auto const body = []() -> awaitable<> {
    auto const limited = co_await curfew::wait_for(curfew::sleep_for(1h), 1s)(as_codes);
    BOOST_TEST(curfew::is_timeout(std::get<0>(limited)));
    auto const refused = co_await curfew::wait_for(curfew::sleep_for(1h), 0s)(as_codes);
    BOOST_TEST(curfew::is_timeout(std::get<0>(refused)));
    auto const asked = co_await curfew::wait_for(curfew::sleep_for(1h), 2h)(as_codes);
    BOOST_TEST(curfew::is_cancellation(std::get<0>(asked)));
  };
  BOOST_TEST(thrown_in(body) == 0);
}

BOOST_AUTO_TEST_CASE(moving_on_throws_nothing) {
  auto const body = []() -> awaitable<> {
    BOOST_TEST(!co_await curfew::move_on_after(curfew::sleep_for(1h), 1s));
    BOOST_TEST(!co_await curfew::move_on_after(curfew::sleep_for(1h), 500ms));
  };
  BOOST_TEST(thrown_in(body) == 0);
}

BOOST_AUTO_TEST_CASE(a_block_that_says_errors_in_its_value_throws_nothing) {
  using codes = std::tuple<error_code>;
  auto const block = []() -> awaitable<codes> {
    co_return co_await curfew::sleep_for(1h)(as_codes);
  };
  auto const body = [&]() -> awaitable<> {
    BOOST_TEST(curfew::is_timeout(std::get<0>(co_await curfew::timeout(1s, block))));
    BOOST_TEST(curfew::is_cancellation(std::get<0>(co_await curfew::timeout(1h, block))));
  };
  BOOST_TEST(thrown_in(body) == 0);
}

BOOST_AUTO_TEST_CASE(a_token_throws_nothing) {
  curfew::cancellation_source source;
  auto const body = [&]() -> awaitable<> {
    auto const stop = co_await curfew::this_task::self();
    asio::post(co_await asio::this_coro::executor, [&] { source.cancel(); });
    auto const asked =
        co_await curfew::cancel_when(curfew::sleep_for(1h), source.token())(as_codes);
    BOOST_TEST(curfew::is_cancellation(std::get<0>(asked)));
    BOOST_TEST(!stop.cancelled());
    auto const late = co_await curfew::cancel_when(curfew::sleep_for(1h), source.token())(as_codes);
    BOOST_TEST(curfew::is_cancellation(std::get<0>(late)));
  };
  BOOST_TEST(thrown_in(body) == 0);
}

BOOST_AUTO_TEST_CASE(waits_for_each_other_throw_nothing) {
  curfew::event never_set;
  curfew::queue<int> empty;
  auto const body = [&]() -> awaitable<> {
    auto const event = co_await curfew::wait_for(never_set.wait(), 1s)(as_codes);
    BOOST_TEST(curfew::is_timeout(std::get<0>(event)));
    auto const item = co_await empty.pop()(as_codes);
    BOOST_TEST(curfew::is_cancellation(std::get<0>(item)));
  };
  BOOST_TEST(thrown_in(body) == 0);
}

#else
BOOST_AUTO_TEST_CASE(it_is_counted_on_linux_only) { BOOST_TEST(true); }
#endif

BOOST_AUTO_TEST_SUITE_END()
