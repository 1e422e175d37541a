#include "closing_clients.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <curfew/curfew.hpp>
#include <stdexcept>

#include "words.hpp"

namespace http_load {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

constexpr int small_buffer = 16 * 1024;
constexpr int pieces = 16;

/// A connection that has been used, as most are.
awaitable<void> arrive(http_client& client, arrived const& here) {
  auto const given = co_await client.ask({});
  if (given.status != 200) throw std::runtime_error("there is no page");
  here();
}

/// The whole answer, and then a clean end. What is answered while the server drains is the last.
template <class F>
awaitable<bool> hear_out(http_client& client, scene& of, F is_right) {
  auto const given = co_await client.receive();
  bool const drains = of.since_the_signal() > of.delay + of.all.chosen.tolerance;
  if (given.status != 200 || !is_right(given.body) || (drains && given.keep_alive))
    throw std::runtime_error("was answered " + std::to_string(given.status) + ' ' + given.body);
  std::string more;
  auto const end = co_await listen_to(client.connection(), more);
  co_return end == asio::error::eof&& more.empty();
}

auto beginning(std::string_view words) {
  return [words](std::string_view body) { return body.starts_with(words); };
}

/// On a slow machine one may be out of time. Whom the shutdown stops has failed.
bool none_failed(std::string_view body) {
  return body.starts_with("backend 0: ") && body.find("backend 2: ") != body.npos &&
         body.find("failed") == body.npos;
}

// ---- deeds

awaitable<bool> ask_a_slow_handler(http_client& client, scene& of) {
  auto const target = "/slow?ms=" + std::to_string(of.length.count());
  co_await client.send({.target = target});
  of.begin();
  co_return co_await hear_out(client, of, beginning("slow, but done\n"));
}

awaitable<bool> ask_for_three_backends(http_client& client, scene& of) {
  auto const target = "/fanout?ms=10,50," + std::to_string(of.length.count());
  co_await client.send({.target = target});
  of.begin();
  co_return co_await hear_out(client, of, none_failed);
}

awaitable<bool> upload(http_client& client, scene& of) {
  static constexpr std::string_view header =
      "POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16000\r\n\r\n";
  std::string const piece(16000 / pieces, 'x');
  auto& connection = client.connection();
  co_await asio::async_write(connection, asio::buffer(header), asio::deferred);
  for (int i = 0; i < pieces; ++i) {
    if (i == 1) of.begin();
    co_await asio::async_write(connection, asio::buffer(piece), asio::deferred);
    co_await curfew::sleep_for(of.length / pieces);
  }
  co_return co_await hear_out(client, of, beginning("16000 bytes"));
}

/// More than fits into the buffers between the two, and read slowly.
awaitable<bool> download(http_client& client, scene& of) {
  std::size_t const size = 1 << 20;
  co_await client.send({.target = "/download?bytes=1048576"});
  std::string heard;
  error_code error;
  auto into_heard = asio::dynamic_buffer(heard);
  auto const read = [&](std::size_t count) {
    return asio::async_read(client.connection(), into_heard, asio::transfer_exactly(count),
                            into(error));
  };
  co_await read(1);
  of.begin();
  for (int i = 1; i < pieces && !error; ++i) {
    co_await read(size / pieces);
    co_await curfew::sleep_for(of.length / pieces);
  }
  error = co_await listen_to(client.connection(), heard);
  auto const header = heard.find("\r\n\r\n");
  if (error != asio::error::eof || !heard.starts_with("HTTP/1.1 200 ")) co_return false;
  auto const body = std::string_view(heard).substr(std::min(header, heard.size() - 4) + 4);
  bool right = body.size() == size;
  for (std::size_t i = 0; right && i < size; ++i)
    right = body[i] == static_cast<char>('a' + i % 26);
  co_return right;
}

}  // namespace

scene::scene(world& of)
    : all(of),
      seen(of.closing),
      delay(of.before.limit("drain_delay_ms")),
      length(std::min(of.before.limit("drain_delay_ms") + 250ms,
                      of.before.limit("handler_ms") - 150ms)) {}

void scene::begin() {
  if (++seen.begun == expected) all_begun.set();
}

void scene::complain(std::string what) {
  if (seen.complaints.size() < 8) seen.complaints.push_back(std::move(what));
}

std::vector<deed> const& deeds() {
  static std::vector<deed> const all = {
      {"a slow handler", ask_a_slow_handler},
      {"three backends", ask_for_three_backends},
      {"an upload", upload},
      {"a download", download},
  };
  return all;
}

awaitable<void> ask_in_time(arrived const& here, scene& of, deed what, unsigned number) {
  auto const& server = of.all.peer_of(number);
  http_client client(co_await asio::this_coro::executor, server, small_buffer);
  co_await arrive(client, here);
  co_await of.go.wait();
  if (server.tls) ++of.seen.encrypted;
  auto const right =
      co_await curfew::settle(curfew::timeout(5s, what.act, std::ref(client), std::ref(of)));
  if (!right.has_value() || !right.value())
    co_return of.complain(std::string(what.name) + ": " +
                          (right.has_value() ? "no clean end" : in_words(right.error())));
  ++of.seen.answered;
  of.seen.last_answer = std::max(of.seen.last_answer, of.since_the_signal());
}

awaitable<void> sit_idle(arrived const& here, scene& of, unsigned number) {
  http_client client(co_await asio::this_coro::executor, of.all.peer_of(number));
  co_await arrive(client, here);
  ++of.seen.idle;
  std::string heard;
  auto const end = co_await listen_to(client.connection(), heard);
  auto const after = of.since_the_signal();
  of.seen.last_home = std::max(of.seen.last_home, after);
  if (end != asio::error::eof || !heard.empty())
    of.complain("idle, but " + end.message());
  else if (after < of.delay || after > of.delay + of.all.chosen.tolerance)
    of.complain("idle, but sent home " + std::to_string(after.count()) + " ms after the signal");
  else
    ++of.seen.went_home;
}

awaitable<void> ask_on(arrived const& here, scene& of, unsigned number) {
  http_client client(co_await asio::this_coro::executor, of.all.peer_of(number));
  co_await arrive(client, here);
  co_await of.go.wait();
  for (;;) {
    auto const asked_at = clock::now();
    auto const given = co_await curfew::settle(client.ask({}));
    if (given.cancelled()) co_return;
    if (!given.has_value()) {
      // The end may cross with a question, but not with the answer.
      bool const cut = in_words(given.error()) ==
                       error_code(boost::beast::http::error::partial_message).message();
      if (asked_at < of.signalled || cut) {
        ++of.seen.lost;
        of.complain("a page: " + in_words(given.error()));
      }
      co_return;
    }
    ++of.seen.pages;
    if (!given.value().keep_alive) client.close();
  }
}

}  // namespace http_load
