#include "misbehaving.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <curfew/curfew.hpp>

#include "http_client.hpp"

namespace http_load {

using namespace std::chrono_literals;

namespace {

awaitable<tcp::socket> new_connection(world& all, int receive_buffer = 0) {
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await connect(socket, all.server.where, receive_buffer);
  co_return socket;
}

awaitable<void> say(tcp::socket& socket, std::string const& what) {
  co_await asio::async_write(socket, asio::buffer(what), asio::deferred);
}

/// Sends the piece at every interval until the server ends the connection; counts the pieces.
awaitable<ending> nag(tcp::socket& socket, clock::duration interval, std::string piece,
                      std::int64_t& sent) {
  ending how{};
  error_code error;
  // Who listens meanwhile needs no second coroutine: it is told when it is time to send again.
  auto const listen = [&] { return listen_to(socket, how.said); };
  while (!co_await curfew::move_on_after(interval, listen)) {
    co_await asio::async_write(socket, asio::buffer(piece), into(error));
    ++sent;
  }
  how.at = clock::now();
  co_return how;
}

template <class Stream>
awaitable<ending> hear_the_end(Stream& connection) {
  ending how{};
  co_await listen_to(connection, how.said);
  how.at = clock::now();
  co_return how;
}

// ---- misdeeds

awaitable<ending> slow_header(world& all) {
  auto socket = co_await new_connection(all);
  auto const began = clock::now();
  co_await say(socket, "GET / HTTP/1.1\r\nHost: localhost\r\n");
  std::int64_t sent = 0;
  auto how = co_await nag(socket, 50ms, "X-Slow: loris\r\n", sent);
  how.due = began + all.before.limit("header_ms");
  co_return how;
}

awaitable<ending> slow_body(world& all) {
  auto socket = co_await new_connection(all);
  auto const began = clock::now();
  co_await say(socket, "POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n\r\n");
  std::int64_t sent = 0;
  auto how = co_await nag(socket, 1s, "x", sent);
  std::chrono::nanoseconds const bought(sent * 1'000'000'000 / all.before.limits.at("min_rate"));
  how.due = began + all.before.limit("rate_grace_ms") + bought;
  co_return how;
}

awaitable<ending> long_body(world& all) {
  auto socket = co_await new_connection(all);
  auto const began = clock::now();
  co_await say(socket, "POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999\r\n\r\n");
  std::int64_t sent = 0;
  auto const twice_the_rate = static_cast<std::size_t>(all.before.limits.at("min_rate") / 10);
  auto how = co_await nag(socket, 50ms, std::string(twice_the_rate, 'x'), sent);
  how.due = began + all.before.limit("request_ms");
  co_return how;
}

awaitable<ending> read_nothing(world& all) {
  auto socket = co_await new_connection(all, 16 * 1024);
  ending how{};
  how.due = clock::now() + all.before.limit("rate_grace_ms");
  co_await say(socket, "GET /download?bytes=100000000 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  // The end comes past what was not read: as a reset.
  error_code error;
  co_await socket.async_wait(tcp::socket::wait_error, into(error));
  how.at = clock::now();
  co_return how;
}

awaitable<ending> say_nothing(world& all) {
  auto socket = co_await new_connection(all);
  auto const due = clock::now() + all.before.limit("idle_ms");
  auto how = co_await hear_the_end(socket);
  how.due = due;
  co_return how;
}

awaitable<ending> shake_no_hands(world& all) {
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await connect(socket, all.encrypted.where);
  auto const due = clock::now() + all.before.limit("handshake_ms");
  auto how = co_await hear_the_end(socket);
  how.due = due;
  co_return how;
}

awaitable<ending> say_no_more(world& all) {
  http_client client(co_await asio::this_coro::executor, all.server);
  attempt first(all.requests);
  auto const given = co_await curfew::settle(client.ask({.target = "/"}));
  if (given.has_value() && given.value().status == 200)
    first.end(fate::ok);
  else
    first.fail("a page before a rest: not given");
  auto const due = clock::now() + all.before.limit("idle_ms");
  auto how = co_await hear_the_end(client.connection());
  how.due = due;
  co_return how;
}

// ---- wrong requests

struct wrong_request {
  std::string text;
  std::string answer;
  char const* limit;  ///< The size that is too large.
};

std::vector<wrong_request> make_wrong_requests(server_facts const& server) {
  auto const header = static_cast<std::size_t>(server.limits.at("header_bytes"));
  auto const body = std::to_string(server.limits.at("body_bytes") + 1);
  return {
      {"GET / HTTP/1.1\r\nno colon in this line\r\n\r\n", "HTTP/1.1 400 ", nullptr},
      {"GET / HTTP/1.1\r\nX: " + std::string(header, 'x') + "\r\n\r\n", "HTTP/1.1 431 ",
       "header_size"},
      {"POST /upload HTTP/1.1\r\nContent-Length: " + body + "\r\n\r\nbut", "HTTP/1.1 413 ",
       "body_size"},
  };
}

awaitable<std::string> exchange(world& all, std::string text) {
  auto socket = co_await new_connection(all);
  co_await say(socket, text);
  auto const how = co_await hear_the_end(socket);
  co_return how.said;
}

// ---- vanishing

struct scene {
  char const* text;
  bool wait_for_answer;
};
constexpr scene scenes[] = {
    {"", false},
    {"GET / HT", false},
    {"POST /upload HTTP/1.1\r\nContent-Length: 5000\r\n\r\nnot all of it", false},
    // These would run into the handler's limit if the server did not notice.
    {"GET /slow?ms=60000 HTTP/1.1\r\n\r\n", false},
    {"GET /fanout?ms=60000,60000 HTTP/1.1\r\n\r\n", false},
    {"GET /download?bytes=10000000 HTTP/1.1\r\n\r\n", true},
};

awaitable<void> play(world& all, scene const& what, bool with_reset) {
  auto socket = co_await new_connection(all);
  co_await say(socket, what.text);
  char piece[4096];
  if (what.wait_for_answer) co_await socket.async_read_some(asio::buffer(piece), asio::deferred);
  co_await curfew::sleep_for(5ms);
  if (with_reset) socket.set_option(asio::socket_base::linger(true, 0));
}

}  // namespace

std::vector<misdeed> misdeeds(bool with_tls) {
  std::vector<misdeed> all = {
      {"a header without end", "header", "header_ms", "HTTP/1.1 408 ", slow_header},
      {"a byte of body a second", "receive_rate", "rate_grace_ms", "HTTP/1.1 408 ", slow_body},
      {"a steady body without end", "request", "request_ms", "HTTP/1.1 408 ", long_body},
      {"does not read its download", "send_rate", "rate_grace_ms", "", read_nothing},
      {"connects and says nothing", "idle", "idle_ms", "", say_nothing},
      {"asks once and stays", "idle", "idle_ms", "", say_no_more},
  };
  if (with_tls) all.push_back({"shakes no hands", "handshake", "handshake_ms", "", shake_no_hands});
  return all;
}

awaitable<void> misbehave(world& all, misdeed how) {
  auto const limit = all.before.limit(how.limit_time);
  while (all.time_for(limit + 200ms)) {
    attempt one(all.requests);
    auto const ended = co_await curfew::settle(curfew::timeout(limit + 3s, how.act, std::ref(all)));
    if (ended.timed_out()) {
      one.fail(std::string(how.name) + ": still served 3 s after its limit");
    } else if (!ended.has_value()) {
      one.fail(std::string(how.name) + ": could not even begin");
    } else if (!ended.value().said.starts_with(how.answer) ||
               (!*how.answer && !ended.value().said.empty())) {
      one.fail(std::string(how.name) + ": was answered " + ended.value().said.substr(0, 20));
    } else if (!all.in_time(how.limit, ended.value().due, ended.value().at)) {
      one.fail(std::string(how.name) + ": not ended at its limit");
    } else {
      one.end(*how.answer ? fate::too_late_answer : fate::closed_by_limit);
    }
    // Not all at once for ever.
    co_await curfew::sleep_for(20ms);
  }
}

awaitable<void> ask_wrongly(world& all) {
  auto const wrong = make_wrong_requests(all.before);
  for (std::size_t i = 0; all.time_for(200ms); ++i) {
    auto const& request = wrong[i % wrong.size()];
    attempt one(all.requests);
    auto const said =
        co_await curfew::settle(curfew::timeout(3s, exchange, std::ref(all), request.text));
    if (said.has_value() && said.value().starts_with(request.answer)) {
      one.end(fate::refused);
      if (request.limit) ++all.limits[request.limit].times;
    } else {
      one.fail("no answer " + request.answer + "to a wrong request");
    }
    co_await curfew::sleep_for(100ms);
  }
}

awaitable<void> vanish(world& all) {
  for (std::size_t i = 0; all.time_for(200ms); ++i) {
    auto const& what = scenes[i % std::size(scenes)];
    bool const with_reset = i / std::size(scenes) % 2 == 1;
    attempt one(all.requests);
    auto const gone =
        co_await curfew::settle(curfew::timeout(3s, play, std::ref(all), what, with_reset));
    if (gone.has_value())
      one.end(fate::went_away);
    else
      one.fail("a client that meant to go away could not begin");
    co_await curfew::sleep_for(50ms);
  }
}

awaitable<void> overcrowd(world& all) {
  auto const wanted = static_cast<std::size_t>(all.before.limits.at("connections"));
  std::vector<tcp::socket> crowd;
  if (wanted > 400) co_return;
  while (crowd.size() + 1 < wanted) {  // and the one that asks for the counts
    attempt one(all.requests);
    crowd.push_back(co_await new_connection(all));
    one.end(fate::went_away);
  }
  for (int i = 0; i < 10; ++i) {
    attempt one(all.requests);
    auto const said = co_await curfew::settle(curfew::timeout(1s, exchange, std::ref(all), ""));
    if (said.has_value() && said.value().starts_with("HTTP/1.1 503 ")) {
      one.end(fate::refused);
      ++all.limits["connections"].times;
    } else {
      one.fail("a connection too many was not turned away");
    }
  }
}

}  // namespace http_load
