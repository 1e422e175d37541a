#include "tls.hpp"

#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <curfew/finally.hpp>
#include <curfew/gather.hpp>
#include <curfew/wait_for.hpp>

// WebSockets over TCP and TLS whose other end behaves, or does not.

BOOST_AUTO_TEST_SUITE(close_websocket)

namespace {

namespace beast = boost::beast;
namespace websocket = beast::websocket;

/// A connection with a WebSocket on both ends.
template <class Below>
class web_ends {
 public:
  explicit web_ends(asio::io_context& context) : web_ends(ends_of_a_connection(context)) {}
  explicit web_ends(ends_of_a_connection below)
      : ours(make<Below>(std::move(below.ours), certificates().server)),
        theirs(make<Below>(std::move(below.theirs), certificates().client)) {}

  awaitable<> shake_hands() {
    if constexpr (curfew::detail::layered<Below>) {
      co_await curfew::gather(
          ours.next_layer().async_handshake(ssl::stream_base::server, asio::use_awaitable),
          theirs.next_layer().async_handshake(ssl::stream_base::client, asio::use_awaitable));
    }
    co_await curfew::gather(ours.async_accept(asio::use_awaitable),
                            theirs.async_handshake("localhost", "/", asio::use_awaitable));
  }
  bool is_open() { return curfew::detail::is_open(ours); }

  websocket::stream<Below> ours, theirs;

 private:
  template <class T>
  static T make(tcp::socket socket, ssl::context& context) {
    if constexpr (std::is_constructible_v<T, tcp::socket>)
      return T(std::move(socket));
    else
      return T(std::move(socket), context);
  }
};

using over_tcp = beast::tcp_stream;
using over_tls = beast::ssl_stream<beast::tcp_stream>;
using kinds = std::tuple<over_tcp, over_tls>;
using all_kinds = std::tuple<over_tcp, tcp::socket, over_tls, ssl::stream<tcp::socket>>;

template <class Below>
struct connected : real_fixture, web_ends<Below> {
  connected() : web_ends<Below>(context) {
    run([&] { return this->shake_hands(); });
  }
};
using connected_by_tcp = connected<over_tcp>;

/// Reads messages to the end, and tells how that came.
template <class Below>
awaitable<> read_all(websocket::stream<Below>& stream, heard& out) {
  beast::flat_buffer buffer;
  while (!out.error) {
    auto const read = co_await stream.async_read(buffer, asio::as_tuple(asio::use_awaitable));
    out.error = std::get<0>(read);
    if (!out.error) out.text += beast::buffers_to_string(buffer.data());
    buffer.clear();
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE_TEMPLATE(both_ends_take_their_leave, Below, all_kinds) {
  connected<Below> to;
  heard them;
  to.beside([&]() -> awaitable<> {
    co_await read_all(to.theirs, them);
    co_await curfew::close_gracefully(to.theirs, 1h);
  });
  to.run([&]() -> awaitable<> {
    static_assert(std::is_same_v<decltype(curfew::close_gracefully(to.ours, 1s)), awaitable<>>);
    std::string const words = "goodbye";
    co_await to.ours.async_write(asio::buffer(words), asio::use_awaitable);
    co_await curfew::close_gracefully(to.ours, 1h);
  });
  check_prompt(to);
  BOOST_TEST(!to.is_open());
  BOOST_TEST(them.text == "goodbye");
  BOOST_TEST(them.error == make_error_code(websocket::error::closed));
  BOOST_TEST(to.theirs.reason().code == 1000);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_silent_peer_costs_the_limit_and_no_more, Below, all_kinds) {
  connected<Below> to;
  to.run([&] { return curfew::close_gracefully(to.ours, 50ms); });
  check_limit(to);
  BOOST_TEST(!to.is_open());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_request_closes_it_at_once_and_is_raised, Below, kinds) {
  for (bool const is_a_task : {true, false}) {
    connected<Below> to;
    to.task = {};
    to.ask_after(10ms);
    to.run([&] { return curfew::close_gracefully(to.ours, curfew::never); }, end::aborted,
           is_a_task);
    check_prompt(to);
    BOOST_TEST(!to.is_open());
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_peer_that_is_gone_is_not_waited_for, Below, kinds) {
  connected<Below> to;
  curfew::detail::close_now(to.theirs);
  to.run([&] { return curfew::close_gracefully(to.ours, 1h); });
  check_prompt(to);
  BOOST_TEST(!to.is_open());
}

// A read that is cancelled is the end of a WebSocket, but not of what is below it.
BOOST_AUTO_TEST_CASE_TEMPLATE(in_a_cleanup_after_a_cancelled_read_what_is_below_says_goodbye, Below,
                              kinds) {
  connected<Below> to;
  heard us, them;
  to.beside([&]() -> awaitable<> {
    co_await read_all(to.theirs, them);
    co_await curfew::close_gracefully(to.theirs, 1h);
  });
  to.ask_after(10ms);
  auto const reads = [&]() -> awaitable<> {
    co_await read_all(to.ours, us);
    co_await curfew::checkpoint();
  };
  to.run(
      [&] {
        return curfew::finally(reads(), [&] { return curfew::close_gracefully(to.ours, 1h); });
      },
      end::aborted);
  check_prompt(to);
  BOOST_TEST(!to.is_open());
  BOOST_TEST(them.error == asio::error::eof);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(while_another_task_reads_it_takes_its_leave, Below, kinds) {
  connected<Below> to;
  heard us, them;
  to.beside([&] { return read_all(to.ours, us); });
  to.beside([&] { return read_all(to.theirs, them); });
  to.run([&]() -> awaitable<> {
    co_await curfew::sleep_for(10ms);
    co_await curfew::close_gracefully(to.ours, 1h);
  });
  check_prompt(to);
  BOOST_TEST(!to.is_open());
  BOOST_TEST(!!us.error);
  BOOST_TEST(them.error == make_error_code(websocket::error::closed));
  BOOST_TEST(to.theirs.reason().code == 1000);
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_never_stops_talking_costs_the_limit, connected_by_tcp) {
  auto const talks = [&]() -> awaitable<> {
    std::string const words(100'000, '.');
    for (;;) co_await theirs.async_write(asio::buffer(words), asio::use_awaitable);
  };
  beside([&]() -> awaitable<> { co_await curfew::settle(talks()); });
  run([&] { return curfew::close_gracefully(ours, 50ms); });
  check_limit(*this);
}

BOOST_FIXTURE_TEST_CASE(after_the_peer_has_closed_there_is_nothing_left_to_say, connected_by_tcp) {
  beside([&]() -> awaitable<> {
    co_await theirs.async_close(websocket::close_code::going_away, asio::use_awaitable);
  });
  run([&]() -> awaitable<> {
    heard us;
    co_await read_all(ours, us);
    BOOST_TEST(us.error == make_error_code(websocket::error::closed));
    co_await curfew::close_gracefully(ours, 1h);
    BOOST_TEST(!is_open());
    co_await curfew::close_gracefully(ours, 1h);
  });
  check_prompt(*this);
}

BOOST_FIXTURE_TEST_CASE(a_close_that_was_cut_short_is_not_repeated, connected_by_tcp) {
  run([&]() -> awaitable<> {
    ENDS(end::timed_out,
         curfew::wait_for(ours.async_close(websocket::close_code::normal, asio::use_awaitable),
                          10ms));
    co_await curfew::close_gracefully(ours, 50ms);
    BOOST_TEST(!is_open());
  });
}

BOOST_FIXTURE_TEST_CASE(before_a_handshake_only_what_is_below_says_goodbye, real_fixture) {
  ends_of_a_connection below(context);
  websocket::stream<over_tcp> ours(std::move(below.ours));
  heard them;
  beside([&]() -> awaitable<> {
    co_await listen(below.theirs, them);
    below.theirs.close();
  });
  run([&] { return curfew::close_gracefully(ours, 1h); });
  check_prompt(*this);
  BOOST_TEST(them.text == "");
  BOOST_TEST(them.error == asio::error::eof);
}

BOOST_FIXTURE_TEST_CASE(what_else_is_reading_ends_with_it, connected_by_tcp) {
  heard us;
  beside([&] { return read_all(ours, us); });
  run([&]() -> awaitable<> {
    co_await curfew::sleep_for(1ms);
    co_await curfew::close_gracefully(ours, 50ms);
  });
  check_limit(*this);
  BOOST_TEST(!!us.error);
}

BOOST_FIXTURE_TEST_CASE(its_own_limit_may_end_it_earlier, connected_by_tcp) {
  websocket::stream_base::timeout limits{};
  limits.handshake_timeout = 20ms;
  limits.idle_timeout = websocket::stream_base::none();
  ours.set_option(limits);
  run([&] { return curfew::close_gracefully(ours, 1h); });
  check_prompt(*this);
  BOOST_TEST(!is_open());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(its_context_may_die_in_the_middle_of_it, Below, kinds) {
  auto const stacks_before = curfew::detail::count_stacks();
  std::optional<asio::io_context> context(std::in_place);
  std::optional<web_ends<Below>> to(std::in_place, *context);
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
