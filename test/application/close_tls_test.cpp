#include "tls.hpp"

#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <curfew/finally.hpp>
#include <curfew/gather.hpp>
#include <curfew/wait_for.hpp>

// TLS whose other end behaves, is silent, rude, or breaks the protocol.

BOOST_AUTO_TEST_SUITE(close_tls)

namespace {

using asio_stream = ssl::stream<tcp::socket>;

struct secured : real_fixture, tls_ends<asio_stream> {
  secured() : tls_ends(context) {
    run([&] { return shake_hands(); });
  }
};

template <class Stream>
awaitable<> answer_and_close(Stream& stream, heard& out) {
  co_await listen(stream, out);
  co_await curfew::close_gracefully(stream, 1h);
}

template <class Socket>
void reset(Socket& socket) {
  socket.set_option(asio::socket_base::linger(true, 0));
  socket.close();
}

/// Writes as much as the peer's window and ours take, and then is stopped.
awaitable<> fill(asio_stream& stream) {
  std::string const much(100'000'000, '.');
  ENDS(end::timed_out,
       curfew::wait_for(asio::async_write(stream, asio::buffer(much), asio::deferred), 100ms));
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(both_ends_take_their_leave, secured) {
  heard them;
  beside([&] { return answer_and_close(theirs, them); });
  run([&]() -> awaitable<> {
    co_await say(ours, "goodbye");
    co_await curfew::close_gracefully(ours, 1h);
    BOOST_TEST(!ours.lowest_layer().is_open());
  });
  check_prompt(*this);
  BOOST_TEST(them.text == "goodbye");
  BOOST_TEST(them.error == asio::error::eof);  // and not that the stream was truncated
}

BOOST_FIXTURE_TEST_CASE(a_silent_peer_costs_the_limit_and_no_more, secured) {
  run([&] { return curfew::close_gracefully(ours, 50ms); });
  check_limit(*this);
  BOOST_TEST(!ours.lowest_layer().is_open());
}

BOOST_AUTO_TEST_CASE(so_it_does_in_plain_asio) {
  real_fixture f;
  tls_ends<asio_stream> to(f.context);
  f.run([&] { return to.shake_hands(); });
  f.task = {};
  f.run([&] { return curfew::close_gracefully(to.ours, 50ms); }, end::value, false);
  check_limit(f);
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_closes_without_a_word_is_no_error, secured) {
  theirs.lowest_layer().close();
  run([&] { return curfew::close_gracefully(ours, 1h); });
  check_prompt(*this);
  BOOST_TEST(!ours.lowest_layer().is_open());
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_took_its_leave_first_is_answered, secured) {
  bool clean = false;
  beside([&]() -> awaitable<> {
    co_await theirs.async_shutdown(asio::deferred);
    clean = true;
  });
  run([&]() -> awaitable<> {
    heard us;
    co_await listen(ours, us);
    BOOST_TEST(us.error == asio::error::eof);
    co_await curfew::close_gracefully(ours, 1h);
  });
  check_prompt(*this);
  BOOST_TEST(clean);
}

BOOST_FIXTURE_TEST_CASE(a_connection_that_was_reset_is_closed_without_a_word, secured) {
  reset(theirs.lowest_layer());
  run([&]() -> awaitable<> {
    heard us;
    co_await listen(ours, us);
    co_await curfew::close_gracefully(ours, 1h);
    BOOST_TEST(!ours.lowest_layer().is_open());
    co_await curfew::close_gracefully(ours, 1h);
  });
  check_prompt(*this);
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_resets_it_meanwhile_ends_it, secured) {
  beside([&]() -> awaitable<> {
    co_await curfew::sleep_for(10ms);
    reset(theirs.lowest_layer());
  });
  run([&] { return curfew::close_gracefully(ours, 1h); });
  check_prompt(*this);
}

BOOST_FIXTURE_TEST_CASE(what_the_peer_still_says_does_not_destroy_what_was_said_last, secured) {
  heard them;
  beside([&]() -> awaitable<> {
    for (int i = 0; i < 3; ++i) {
      co_await say(theirs, std::string(100'000, '.'));
      co_await curfew::sleep_for(10ms);
    }
    co_await listen(theirs, them);
    theirs.lowest_layer().close();
  });
  run([&]() -> awaitable<> {
    co_await ours.lowest_layer().async_wait(tcp::socket::wait_read, asio::deferred);
    co_await say(ours, "last words");
    co_await curfew::close_gracefully(ours, 1h);
  });
  check_prompt(*this);
  BOOST_TEST(them.text == "last words");
  BOOST_TEST(them.error == asio::error::eof);
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_never_stops_talking_costs_the_limit, secured) {
  auto const talks = [&]() -> awaitable<> {
    for (;;) co_await say(theirs, std::string(100'000, '.'));
  };
  beside([&]() -> awaitable<> { co_await curfew::settle(talks()); });
  run([&] { return curfew::close_gracefully(ours, 50ms); });
  check_limit(*this);
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_reads_nothing_costs_the_limit, secured) {
  run([&] { return fill(ours); });
  run([&] { return curfew::close_gracefully(ours, 50ms); });
  check_limit(*this);
}

BOOST_FIXTURE_TEST_CASE(a_request_closes_it_at_once_and_is_raised, secured) {
  ask_after(10ms);
  run([&] { return curfew::close_gracefully(ours, curfew::never); }, end::aborted);
  check_prompt(*this);
  BOOST_TEST(!ours.lowest_layer().is_open());
}

BOOST_FIXTURE_TEST_CASE(without_time_it_is_closed_at_once, secured) {
  run([&] { return curfew::close_gracefully(ours, 0s); });
  check_prompt(*this);
  BOOST_TEST(!ours.lowest_layer().is_open());
}

BOOST_FIXTURE_TEST_CASE(after_a_cancelled_read_it_takes_its_leave, secured) {
  heard them;
  beside([&] { return answer_and_close(theirs, them); });
  run([&]() -> awaitable<> {
    std::array<char, 10> into;
    ENDS(end::timed_out,
         curfew::wait_for(ours.async_read_some(asio::buffer(into), asio::deferred), 10ms));
    co_await curfew::close_gracefully(ours, 1h);
  });
  check_prompt(*this);
  BOOST_TEST(them.error == asio::error::eof);
}

BOOST_FIXTURE_TEST_CASE(in_the_cleanup_of_a_cancelled_coroutine_it_takes_its_leave, secured) {
  heard them, us;
  beside([&] { return answer_and_close(theirs, them); });
  ask_after(10ms);
  auto const reads = [&]() -> awaitable<> {
    co_await listen(ours, us);
    co_await curfew::checkpoint();
  };
  run([&] { return curfew::finally(reads(), [&] { return curfew::close_gracefully(ours, 1h); }); },
      end::aborted);
  check_prompt(*this);
  BOOST_TEST(them.error == asio::error::eof);
  BOOST_TEST(!ours.lowest_layer().is_open());
}

BOOST_FIXTURE_TEST_CASE(after_a_handshake_that_failed_the_rest_is_closed_politely, real_fixture) {
  ssl::context suspicious(ssl::context::tls_client);
  suspicious.set_verify_mode(ssl::verify_peer);
  ends_of_a_connection below(context);
  asio_stream ours(std::move(below.ours), certificates().server);
  asio_stream theirs(std::move(below.theirs), suspicious);
  beside([&]() -> awaitable<> {
    ENDS(end::other, theirs.async_handshake(ssl::stream_base::client, asio::deferred));
    co_await curfew::close_gracefully(theirs, 1h);
    BOOST_TEST(!theirs.lowest_layer().is_open());
  });
  run([&]() -> awaitable<> {
    try {
      co_await ours.async_handshake(ssl::stream_base::server, asio::deferred);
    } catch (system_error const&) {
    }
    co_await curfew::close_gracefully(ours, 1h);
    BOOST_TEST(!ours.lowest_layer().is_open());
  });
  check_prompt(*this);
}

BOOST_FIXTURE_TEST_CASE(before_or_amid_a_handshake_only_the_socket_says_goodbye, real_fixture) {
  for (bool const begun : {false, true}) {
    ends_of_a_connection below(context);
    asio_stream ours(std::move(below.ours), certificates().client);
    heard them;
    beside([&]() -> awaitable<> {
      co_await listen(below.theirs, them);
      below.theirs.close();
    });
    run([&]() -> awaitable<> {
      if (begun)
        ENDS(
            end::timed_out,
            curfew::wait_for(ours.async_handshake(ssl::stream_base::client, asio::deferred), 10ms));
      co_await curfew::close_gracefully(ours, 1h);
    });
    check_prompt(*this);
    BOOST_TEST(them.error == asio::error::eof);
    BOOST_TEST(them.text.empty() != begun);
  }
}

BOOST_FIXTURE_TEST_CASE(what_else_is_reading_ends_with_it, secured) {
  heard us;
  beside([&] { return listen(ours, us); });
  run([&]() -> awaitable<> {
    co_await curfew::sleep_for(1ms);
    co_await curfew::close_gracefully(ours, 50ms);
  });
  check_limit(*this);
  BOOST_TEST(!!us.error);
}

using other_streams = std::tuple<ssl::stream<boost::beast::tcp_stream>,
                                 boost::beast::ssl_stream<boost::beast::tcp_stream>,
                                 boost::beast::ssl_stream<tcp::socket>>;
BOOST_AUTO_TEST_CASE_TEMPLATE(other_streams_with_tls_do_alike, Stream, other_streams) {
  for (bool const silent : {false, true}) {
    real_fixture f;
    tls_ends<Stream> to(f.context);
    heard them;
    f.run([&] { return to.shake_hands(); });
    if (!silent) f.beside([&] { return answer_and_close(to.theirs, them); });
    f.run([&] { return curfew::close_gracefully(to.ours, silent ? 50ms : 3600'000ms); });
    silent ? check_limit(f) : check_prompt(f);
    BOOST_TEST(!curfew::detail::is_open(to.ours));
    if (!silent) BOOST_TEST(them.error == asio::error::eof);
  }
}

BOOST_FIXTURE_TEST_CASE(a_tcp_stream_whose_own_limit_has_passed_still_says_goodbye, real_fixture) {
  using stream = ssl::stream<boost::beast::tcp_stream>;
  tls_ends<stream> to(context);
  heard them;
  run([&] { return to.shake_hands(); });
  beside([&] { return answer_and_close(to.theirs, them); });
  run([&]() -> awaitable<> {
    to.ours.next_layer().expires_after(1ms);
    co_await curfew::sleep_for(20ms);
    co_await curfew::close_gracefully(to.ours, 1h);
  });
  check_prompt(*this);
  BOOST_TEST(them.error == asio::error::eof);
}

BOOST_FIXTURE_TEST_CASE(a_tcp_stream_without_tls_is_a_socket, real_fixture) {
  using boost::beast::tcp_stream;
  ends_of_a_connection below(context);
  tcp_stream ours(std::move(below.ours));
  static_assert(std::is_same_v<decltype(curfew::close_gracefully(ours, 1s)), awaitable<>>);
  run([&]() -> awaitable<> {
    ours.expires_after(1ms);
    co_await curfew::sleep_for(10ms);
    co_await curfew::close_gracefully(ours, 50ms);
    BOOST_TEST(!ours.socket().is_open());
  });
  check_limit(*this);
}

BOOST_AUTO_TEST_CASE(its_context_may_die_in_the_middle_of_it) {
  auto const stacks_before = curfew::detail::count_stacks();
  std::optional<asio::io_context> context(std::in_place);
  std::optional<tls_ends<asio_stream>> to(*context);
  curfew::spawn(*context, to->shake_hands());
  context->run();
  context->restart();
  auto const closing = curfew::spawn(*context, curfew::close_gracefully(to->ours, 1h));
  context->poll();
  BOOST_TEST(!closing.done());
  to.reset();
  context.reset();
  BOOST_TEST(curfew::detail::count_stacks() == stacks_before);
}

BOOST_AUTO_TEST_SUITE_END()
