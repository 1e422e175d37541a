#include "keys.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <optional>

// What curfew relies on in Asio and no document of Asio promises. A new Boost that breaks one of
// these breaks curfew, and here it says where.

BOOST_AUTO_TEST_SUITE(asio_facts)

namespace {

namespace this_coro = asio::this_coro;

awaitable<void*> throwing_key(void** out) {
  *out = co_await key();
  throw std::runtime_error("on purpose");
}

struct counting_filter {
  explicit counting_filter(int& d) : destroyed(&d) {}
  counting_filter(counting_filter&& other) noexcept
      : destroyed(std::exchange(other.destroyed, nullptr)) {}
  counting_filter(counting_filter const&) : destroyed(nullptr) {}  // Asio makes some on the way
  ~counting_filter() {
    if (destroyed) ++*destroyed;
  }
  asio::cancellation_type operator()(asio::cancellation_type type) const noexcept { return type; }
  int* destroyed;
};

using everything = asio::enable_total_cancellation;

template <class Executor>
asio::awaitable<void, Executor> same_key_everywhere() {
  auto const mine = co_await key<Executor>();
  BOOST_TEST(mine != nullptr);
  BOOST_TEST((co_await handlers_key()) == mine);
  co_await asio::post(asio::deferred);
  BOOST_TEST((co_await key<Executor>()) == mine);
}

template <class Executor>
void run_with_slot(asio::io_context& context, Executor executor) {
  asio::cancellation_signal signal;
  bool ended = false;
  asio::co_spawn(executor, same_key_everywhere<Executor>(),
                 asio::bind_cancellation_slot(signal.slot(),
                                              [&](std::exception_ptr error) { ended = !error; }));
  context.restart();
  context.run();
  BOOST_TEST(ended);
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(the_slot_of_a_state_identifies_its_coroutine_wherever_it_goes, fixture) {
  asio::io_context other;
  run([&]() -> awaitable<> {
    using namespace asio::experimental::awaitable_operators;
    auto const mine = co_await key();
    BOOST_REQUIRE(mine != nullptr);
    BOOST_TEST((co_await handlers_key()) == mine);
    BOOST_TEST(std::get<1>(co_await handlers_key()(asio::as_tuple(asio::use_awaitable))) == mine);
    BOOST_TEST((co_await handlers_key()(asio::use_awaitable)) == mine);
    error_code error;
    auto const redirected =
        co_await handlers_key()(asio::redirect_error(asio::use_awaitable, error));
    BOOST_TEST(redirected == mine);
    void* before_throw = nullptr;
    ENDS(end::other, throwing_key(&before_throw));
    BOOST_TEST(before_throw == mine);
    co_await this_coro::throw_if_cancelled(false);
    BOOST_TEST((co_await key()) == mine);
    co_await this_coro::throw_if_cancelled(true);
    // Each side of an operator is a coroutine of its own; the one that awaits it stays itself.
    auto both = key() && key();
    auto const keys = co_await std::move(both);
    BOOST_TEST(std::get<0>(keys) != mine);
    BOOST_TEST((co_await key()) == mine);
    auto const strand = asio::make_strand(context);
    co_await asio::post(strand, asio::deferred);
    co_await asio::dispatch(strand, asio::use_awaitable);
    BOOST_TEST((co_await key()) == mine);
    other.restart();
  });
}

BOOST_AUTO_TEST_CASE(that_holds_on_strands_and_concrete_executors) {
  asio::io_context context;
  run_with_slot(context, context.get_executor());
  run_with_slot(context, asio::any_io_executor(context.get_executor()));
  run_with_slot(context, asio::make_strand(context));
  run_with_slot(context, asio::any_io_executor(asio::make_strand(context)));
}

BOOST_AUTO_TEST_CASE(a_coroutine_without_a_slot_has_a_null_key) {
  asio::io_context context;
  bool asked = false;
  auto main = [&]() -> awaitable<> {
    BOOST_TEST((co_await key()) == nullptr);
    BOOST_TEST((co_await handlers_key()) == nullptr);
    BOOST_TEST((co_await own_stack()) == nullptr);
    asked = true;
  };
  asio::co_spawn(context, main(), asio::detached);
  context.run();
  BOOST_TEST(asked);
}

BOOST_FIXTURE_TEST_CASE(posting_to_another_executor_with_deferred_comes_back, fixture) {
  asio::thread_pool other(1);
  auto main = [&]() -> awaitable<> {
    auto const home = std::this_thread::get_id();
    co_await asio::post(other, asio::deferred);
    BOOST_TEST((std::this_thread::get_id() == home));
  };
  start(main);
  // The news comes from the pool's thread, so real time passes.
  while (!ended) context.run_one_for(std::chrono::seconds(1));
  BOOST_TEST(*ended == end::value);
}

BOOST_FIXTURE_TEST_CASE(replacing_the_state_destroys_its_filter_once, fixture) {
  int first = 0, second = 0;
  run([&]() -> awaitable<> {
    co_await this_coro::reset_cancellation_state(counting_filter(first), everything());
    BOOST_TEST(first == 0);
    co_await this_coro::reset_cancellation_state(counting_filter(second), everything());
    BOOST_TEST(first == 1);
    co_await this_coro::reset_cancellation_state();
    BOOST_TEST(second == 1);
  });
  BOOST_TEST(first == 1);
  BOOST_TEST(second == 1);
}

BOOST_AUTO_TEST_CASE(a_state_dies_with_its_signal_and_not_with_its_coroutine) {
  int destroyed = 0;
  {
    asio::io_context context;
    std::optional<asio::cancellation_signal> signal(std::in_place);
    auto main = [&]() -> awaitable<> {
      co_await this_coro::reset_cancellation_state(counting_filter(destroyed), everything());
    };
    bool ended = false;
    {
      // Without a handler that clears the slot at the end, as curfew's own is.
      struct handler {
        using cancellation_slot_type = asio::cancellation_slot;
        cancellation_slot_type get_cancellation_slot() const noexcept { return slot; }
        void operator()(std::exception_ptr) const { *ended = true; }
        cancellation_slot_type slot;
        bool* ended;
      };
      asio::co_spawn(context, main(), handler{signal->slot(), &ended});
    }
    context.run();
    BOOST_TEST(ended);
    BOOST_TEST(destroyed == 0);
    signal.reset();
    BOOST_TEST(destroyed == 1);
  }
  BOOST_TEST(destroyed == 1);
}

BOOST_FIXTURE_TEST_CASE(clearing_the_state_after_a_request_is_enough_to_go_on, fixture) {
  run([&]() -> awaitable<> {
    asio::post(context, [&] { cancel(asio::cancellation_type::all); });
    ENDS(end::aborted, curfew::sleep_for(1h));
    auto state = co_await this_coro::cancellation_state;
    BOOST_TEST((state.cancelled() != asio::cancellation_type::none));
    ENDS(end::aborted, asio::post(asio::deferred));
    state = co_await this_coro::cancellation_state;
    state.clear();
    ENDS(end::value, asio::post(asio::deferred));
    ENDS(end::value, sleepy(1s));
  });
}

BOOST_FIXTURE_TEST_CASE(every_type_at_once_does_what_each_does_and_twice_does_no_harm, fixture) {
  using type = asio::cancellation_type;
  for (auto const each :
       {type::terminal, type::all, type::terminal | type::partial | type::total}) {
    run(
        [&]() -> awaitable<> {
          co_await this_coro::reset_cancellation_state(asio::enable_total_cancellation());
          asio::steady_timer timer(context, std::chrono::hours(1));
          asio::post(context, [&] {
            cancel(each);
            cancel(each);
          });
          co_await timer.async_wait(asio::deferred);
        },
        end::aborted);
  }
}

BOOST_AUTO_TEST_CASE(an_operation_may_end_inside_emit_and_destroy_the_signal) {
  std::optional<asio::cancellation_signal> signal(std::in_place);
  bool ended = false;
  auto destroy = [&](asio::cancellation_type) {
    ended = true;
    signal.reset();  // and this very function object
  };
  signal->slot().assign(destroy);
  signal->emit(asio::cancellation_type::all);
  BOOST_TEST(ended);
  BOOST_TEST(!signal.has_value());
}

BOOST_FIXTURE_TEST_CASE(operators_end_with_several_exceptions_whose_first_counts, fixture) {
  run([&]() -> awaitable<> {
    using namespace asio::experimental::awaitable_operators;
    asio::post(context, [&] { cancel(asio::cancellation_type::all); });
    std::exception_ptr error;
    try {
      co_await (sleepy(1h) || sleepy(2h));
    } catch (asio::multiple_exceptions const&) {
      error = std::current_exception();
    }
    BOOST_TEST(!!error);
    BOOST_TEST(curfew::is_cancellation(error));
  });
}

BOOST_FIXTURE_TEST_CASE(channels_have_a_word_of_their_own_for_a_cancellation, fixture) {
  run([&]() -> awaitable<> {
    asio::experimental::channel<void(error_code, int)> channel(context, 0);
    error_code error;
    try {
      co_await curfew::wait_for(channel.async_receive(asio::deferred), 1s);
    } catch (system_error const& e) {
      error = e.code();
    }
    BOOST_TEST((error == curfew::errc::timed_out));
    asio::post(context, [&] { cancel(asio::cancellation_type::all); });
    try {
      co_await channel.async_receive(asio::deferred);
    } catch (system_error const& e) {
      error = e.code();
    }
    BOOST_TEST((error == asio::experimental::error::channel_cancelled));
    BOOST_TEST(curfew::is_cancellation(error));
  });
}

BOOST_AUTO_TEST_SUITE_END()
