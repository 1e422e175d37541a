#include "connections.hpp"

#include <curfew/finally.hpp>
#include <curfew/shield.hpp>
#include <curfew/wait_for.hpp>

// Plain sockets, and layers over them that are made up here.

BOOST_AUTO_TEST_SUITE(close_gracefully)

namespace {

struct sockets : real_fixture, ends_of_a_connection {
  sockets() : ends_of_a_connection(context) {}
};

/// A layer whose goodbye hears of no request, and waits for a byte that never comes.
class deaf_layer {
 public:
  using executor_type = tcp::socket::executor_type;

  explicit deaf_layer(tcp::socket& below) : below_(&below) {}
  executor_type get_executor() { return below_->get_executor(); }
  tcp::socket& next_layer() { return *below_; }
  template <class Token>
  auto async_shutdown(Token&& token) {
    return asio::async_initiate<Token, void(error_code)>(
        [this](auto handler) {
          ++shutdowns;
          below_->async_wait(
              tcp::socket::wait_read,
              asio::bind_cancellation_slot(asio::cancellation_slot(), std::move(handler)));
        },
        token);
  }

  int shutdowns = 0;

 private:
  tcp::socket* below_;
};

/// A layer that knows no goodbye.
class thin_layer {
 public:
  explicit thin_layer(deaf_layer& below) : below_(&below) {}
  deaf_layer& next_layer() { return *below_; }

 private:
  deaf_layer* below_;
};

awaitable<> close_and_listen(tcp::socket& socket, heard& out) {
  co_await listen(socket, out);
  co_await curfew::close_gracefully(socket, 1h);
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(both_ends_take_their_leave, sockets) {
  heard them;
  beside([&] { return close_and_listen(theirs, them); });
  run([&]() -> awaitable<> {
    co_await say(ours, "goodbye");
    co_await curfew::close_gracefully(ours, 1h);
    BOOST_TEST(!ours.is_open());
  });
  check_prompt(*this);
  BOOST_TEST(them.text == "goodbye");
  BOOST_TEST(them.error == asio::error::eof);
  BOOST_TEST(!theirs.is_open());
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_closed_first_is_not_waited_for, sockets) {
  theirs.close();
  run([&] { return curfew::close_gracefully(ours, 1h); });
  check_prompt(*this);
  BOOST_TEST(!ours.is_open());
}

BOOST_FIXTURE_TEST_CASE(a_silent_peer_costs_the_limit_and_no_more, sockets) {
  for (bool const is_a_task : {true, false}) {
    ends_of_a_connection to(context);
    run([&] { return curfew::close_gracefully(to.ours, 50ms); }, end::value, is_a_task);
    check_limit(*this);
    BOOST_TEST(!to.ours.is_open());
  }
}

BOOST_FIXTURE_TEST_CASE(what_the_peer_still_says_does_not_destroy_what_was_said_last, sockets) {
  heard them;
  auto const talks_first = [&]() -> awaitable<> {
    for (int i = 0; i < 3; ++i) {
      co_await say(theirs, std::string(100'000, '.'));
      co_await curfew::sleep_for(10ms);
    }
    co_await listen(theirs, them);
    theirs.close();
  };
  beside(talks_first);
  run([&]() -> awaitable<> {
    co_await ours.async_wait(tcp::socket::wait_read, asio::deferred);
    co_await say(ours, "last words");
    co_await curfew::close_gracefully(ours, 1h);
  });
  check_prompt(*this);
  BOOST_TEST(them.text == "last words");
  BOOST_TEST(them.error == asio::error::eof);
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_never_stops_talking_costs_the_limit, sockets) {
  auto const talks = [&]() -> awaitable<> {
    co_await curfew::settle([](tcp::socket& to) -> awaitable<> {
      for (;;) co_await say(to, std::string(100'000, '.'));
    }(theirs));
  };
  beside(talks);
  run([&] { return curfew::close_gracefully(ours, 50ms); });
  check_limit(*this);
}

BOOST_FIXTURE_TEST_CASE(a_connection_that_was_reset_is_closed_without_a_word, sockets) {
  theirs.set_option(asio::socket_base::linger(true, 0));
  theirs.close();
  run([&] { return curfew::close_gracefully(ours, 1h); });
  check_prompt(*this);
  BOOST_TEST(!ours.is_open());
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_resets_it_meanwhile_ends_it, sockets) {
  beside([&]() -> awaitable<> {
    co_await curfew::sleep_for(10ms);
    theirs.set_option(asio::socket_base::linger(true, 0));
    theirs.close();
  });
  run([&] { return curfew::close_gracefully(ours, 1h); });
  check_prompt(*this);
}

BOOST_FIXTURE_TEST_CASE(what_is_closed_or_was_never_open_needs_no_time, sockets) {
  ours.close();
  tcp::socket unused(context);
  tcp::socket unconnected(context, tcp::v4());
  run([&]() -> awaitable<> {
    co_await curfew::close_gracefully(ours, 1h);
    co_await curfew::close_gracefully(unused, curfew::never);
    co_await curfew::close_gracefully(unconnected, 1h);
    BOOST_TEST(!unconnected.is_open());
  });
  check_prompt(*this);
}

BOOST_FIXTURE_TEST_CASE(without_time_it_is_closed_at_once, sockets) {
  for (auto const limit : {0s, -3600s}) {
    ends_of_a_connection to(context);
    run([&]() -> awaitable<> {
      co_await say(to.theirs, "unread");
      co_await curfew::close_gracefully(to.ours, limit);
      BOOST_TEST(!to.ours.is_open());
    });
    check_prompt(*this);
  }
}

BOOST_FIXTURE_TEST_CASE(a_request_closes_it_at_once_and_is_raised, sockets) {
  for (bool const is_a_task : {true, false}) {
    task = {};
    ends_of_a_connection to(context);
    ask_after(10ms);
    run([&] { return curfew::close_gracefully(to.ours, curfew::never); }, end::aborted, is_a_task);
    check_prompt(*this);
    BOOST_TEST(!to.ours.is_open());
  }
}

BOOST_FIXTURE_TEST_CASE(a_limit_around_it_is_a_request, sockets) {
  run([&]() -> awaitable<> {
    ENDS(end::timed_out, curfew::wait_for(curfew::close_gracefully(ours, 1h), 20ms));
    BOOST_TEST(!ours.is_open());
    co_await curfew::sleep_for(1ms);  // nothing of it is left behind
  });
  check_prompt(*this);
}

BOOST_FIXTURE_TEST_CASE(its_own_limit_leaves_nothing_behind, sockets) {
  run([&]() -> awaitable<> {
    co_await curfew::close_gracefully(ours, 10ms);
    co_await curfew::sleep_for(10ms);
    ours.open(tcp::v4());  // whatever happens next is not its business
    ENDS(end::timed_out, curfew::wait_for(curfew::sleep_forever(), 10ms));
    BOOST_TEST(ours.is_open());
  });
}

BOOST_FIXTURE_TEST_CASE(in_the_cleanup_of_a_cancelled_coroutine_it_takes_its_leave, sockets) {
  for (bool const is_a_task : {true, false}) {
    task = {};
    ends_of_a_connection to(context);
    heard them;
    auto const reads = [&]() -> awaitable<> {
      heard us;
      co_await say(to.ours, "welcome, ");
      co_await listen(to.ours, us);
      co_await curfew::checkpoint();
    };
    auto const leaves = [&]() -> awaitable<> {
      co_await say(to.ours, "goodbye");
      co_await curfew::close_gracefully(to.ours, 1h);
    };
    beside([&] { return close_and_listen(to.theirs, them); });
    ask_after(10ms);
    run([&] { return curfew::finally(reads(), leaves); }, end::aborted, is_a_task);
    check_prompt(*this);
    BOOST_TEST(!to.ours.is_open());
    BOOST_TEST(them.text == "welcome, goodbye");
    BOOST_TEST(them.error == asio::error::eof);
  }
}

BOOST_FIXTURE_TEST_CASE(awaited_although_a_request_is_pending_it_closes_at_once, sockets) {
  for (bool const is_a_task : {true, false}) {
    task = {};
    ends_of_a_connection to(context);
    ask_after(10ms);
    run(
        [&]() -> awaitable<> {
          ENDS(end::aborted, curfew::sleep_forever());
          ENDS(end::aborted, curfew::close_gracefully(to.ours, 1h));
          BOOST_TEST(to.ours.is_open());  // refused: that is why it belongs into `finally`
          co_await asio::this_coro::throw_if_cancelled(false);
          ENDS(end::aborted, curfew::close_gracefully(to.ours, 1h));
          BOOST_TEST(!to.ours.is_open());
        },
        end::value, is_a_task);
    check_prompt(*this);
  }
}

BOOST_FIXTURE_TEST_CASE(somebody_else_may_close_it_meanwhile, sockets) {
  beside([&]() -> awaitable<> {
    co_await curfew::sleep_for(10ms);
    ours.close();
  });
  run([&] { return curfew::close_gracefully(ours, 1h); });
  check_prompt(*this);
}

BOOST_FIXTURE_TEST_CASE(what_else_is_reading_ends_with_it, sockets) {
  heard us;
  beside([&] { return listen(ours, us); });
  run([&] { return curfew::close_gracefully(ours, 50ms); });
  check_limit(*this);
  BOOST_TEST(us.error == asio::error::operation_aborted);
}

BOOST_FIXTURE_TEST_CASE(a_goodbye_that_hears_of_no_request_ends_all_the_same, sockets) {
  deaf_layer layer(ours);
  run([&] { return curfew::close_gracefully(layer, 50ms); });
  check_limit(*this);
  BOOST_TEST(layer.shutdowns == 1);
  BOOST_TEST(!ours.is_open());

  ends_of_a_connection to(context);
  deaf_layer second(to.ours);
  ask_after(10ms);
  run([&] { return curfew::close_gracefully(second, curfew::never); }, end::aborted);
  check_prompt(*this);
  BOOST_TEST(!to.ours.is_open());
}

BOOST_FIXTURE_TEST_CASE(a_layer_without_a_goodbye_is_passed_through, sockets) {
  deaf_layer layer(ours);
  thin_layer above(layer);
  static_assert(std::is_same_v<decltype(curfew::close_gracefully(above, 1s)), awaitable<>>);
  run([&] { return curfew::close_gracefully(above, 50ms); });
  BOOST_TEST(layer.shutdowns == 1);
  BOOST_TEST(!ours.is_open());
}

BOOST_AUTO_TEST_CASE(the_awaitable_is_of_the_executor_type_of_the_stream) {
  using strand = asio::strand<asio::io_context::executor_type>;
  using on_strand = asio::basic_stream_socket<tcp, strand>;
  using awaiting = asio::use_awaitable_t<>::as_default_on_t<tcp::socket>;
  using deferring = asio::deferred_t::as_default_on_t<tcp::socket>;
  using both = asio::as_tuple_t<asio::use_awaitable_t<>>::as_default_on_t<tcp::socket>;
  using close = curfew::close_gracefully_fn;
  auto const of = []<class Socket>(std::type_identity<Socket>) {
    return std::type_identity<std::invoke_result_t<close, Socket&, std::chrono::seconds>>();
  };
  static_assert(std::is_same_v<decltype(of(std::type_identity<on_strand>()))::type,
                               asio::awaitable<void, strand>>);
  static_assert(std::is_same_v<decltype(of(std::type_identity<awaiting>()))::type, awaitable<>>);
  static_assert(std::is_same_v<decltype(of(std::type_identity<deferring>()))::type, awaitable<>>);
  static_assert(std::is_same_v<decltype(of(std::type_identity<both>()))::type, awaitable<>>);

  asio::io_context context;
  ends_of_a_connection to(context);
  auto const where = asio::make_strand(context);
  on_strand ours(where, tcp::v4(), to.ours.release());
  bool closed = false;
  asio::co_spawn(
      where,
      [&]() -> asio::awaitable<void, strand> {
        co_await curfew::close_gracefully(ours, 10ms);
        closed = !ours.is_open();
      },
      asio::detached);
  awaiting theirs(std::move(to.theirs));
  asio::co_spawn(
      context,
      [&]() -> awaitable<> {
        co_await curfew::close_gracefully(theirs, 1h);
        co_await curfew::close_gracefully.on<asio::any_io_executor>(ours, 1h);
      },
      asio::detached);
  context.run();
  BOOST_TEST(closed);
}

#ifdef BOOST_ASIO_HAS_LOCAL_SOCKETS
BOOST_FIXTURE_TEST_CASE(local_sockets_are_closed_alike, real_fixture) {
  using local = asio::local::stream_protocol;
  local::socket ours(context), theirs(context);
  asio::local::connect_pair(ours, theirs);
  run([&] { return curfew::close_gracefully(ours, 50ms); });
  check_limit(*this);
  BOOST_TEST(!ours.is_open());
  run([&] { return curfew::close_gracefully(theirs, 1h); });
  check_prompt(*this);
}
#endif

BOOST_AUTO_TEST_CASE(its_context_may_die_in_the_middle_of_it) {
  auto const stacks_before = curfew::detail::count_stacks();
  std::optional<asio::io_context> context(std::in_place);
  std::list<ends_of_a_connection> to;
  for (int i = 0; i < 3; ++i) to.emplace_back(*context);
  deaf_layer layer(to.front().ours);
  auto const one = curfew::spawn(*context, curfew::close_gracefully(layer, 1h));
  auto const other = curfew::spawn(*context, curfew::close_gracefully(to.back().ours, 1h));
  asio::co_spawn(*context, curfew::close_gracefully((++to.begin())->ours, 1h), asio::detached);
  context->poll();
  BOOST_TEST(!one.done());
  BOOST_TEST(!other.done());
  to.clear();  // whoever owns the sockets may go first
  context.reset();
  BOOST_TEST(curfew::detail::count_stacks() == stacks_before);
}

BOOST_AUTO_TEST_SUITE_END()
