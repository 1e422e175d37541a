#include "session.hpp"

#include <boost/asio/as_tuple.hpp>
#include <curfew/close_gracefully.hpp>
#include <curfew/curfew.hpp>
#include <utility>

namespace http_server {

using namespace std::chrono_literals;
using curfew::idle;
using curfew::move_on_after;
using curfew::timeout_scope;

namespace {

/// For what clients sent before they could know that the server drains.
constexpr auto last_call = 10ms;

stream make_stream(tcp::socket socket, asio::ssl::context* tls) {
  return tls ? stream(std::move(socket), *tls) : stream(std::move(socket));
}

}  // namespace

session::session(tcp::socket socket, asio::ssl::context* tls, service& shared,
                 curfew::cancellation_token draining)
    : stream_(make_stream(std::move(socket), tls)),
      shared_(shared),
      draining_(std::move(draining)),
      buffer_(shared.limits.header_bytes + std::size_t{16 * 1024}) {
  error_code ignored;
  stream_.socket().set_option(tcp::no_delay(true), ignored);
}

awaitable<void> session::run() {
  co_await curfew::finally(serve(), [this] { return say_goodbye(); });
}

awaitable<void> session::serve() {
  // No co_await beside an && or ||: g++ 12 would await it in any case.
  bool agreed = true;
  if (stream_.encrypted()) agreed = co_await shake_hands();
  while (agreed && keep_alive_) {
    if (!co_await next_request()) co_return;
    request_record record(shared_.counters);
    stage_ = stage::reading;
    ended_as_ = fate::stopped;
    bool const in_time =
        co_await move_on_after(shared_.limits.request, &session::serve_request, this);
    if (!in_time) too_late(limit_kind::request, http::status::request_timeout);
    record.ended_as = ended_as_;
    stage_ = stage::between;
  }
}

awaitable<bool> session::shake_hands() {
  error_code error;
  auto const both = [&]() -> awaitable<bool> {
    // Who has said nothing yet goes home when the server drains. A look, as `async_wait` may say of
    // a new socket what is true of one that was closed.
    char first = 0;
    auto const hello = [&] {
      return stream_.socket().async_receive(asio::buffer(&first, 1), tcp::socket::message_peek,
                                            asio::as_tuple(asio::deferred));
    };
    auto said = co_await idle(hello(), draining_);
    if (!said) said = co_await move_on_after(hello(), last_call);
    if (!said) co_return false;
    co_await stream_.async_handshake(asio::ssl::stream_base::server, into(error));
    if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
    co_return true;
  };
  auto const agreed = co_await move_on_after(shared_.limits.handshake, std::ref(both));
  if (!agreed) hit(limit_kind::handshake);
  if (agreed && error) ++shared_.counters.failed_handshakes;
  co_return agreed && *agreed && !error;
}

/// Whether one begins before the client leaves, the limit passes, or the server drains.
awaitable<bool> session::next_request() {
  parser_.reset();
  if (buffer_.size() > 0) co_return true;
  auto const began = co_await move_on_after(shared_.limits.idle, &session::first_byte, this);
  if (!began) hit(limit_kind::idle);
  co_return began && *began;
}

awaitable<bool> session::first_byte() {
  // No more than a byte: most connections do nothing most of the time, and need no buffer for it.
  auto const read = [&] {
    return stream_.async_read_some(buffer_.prepare(1), asio::as_tuple(asio::deferred));
  };
  auto came = co_await idle(read(), draining_);
  if (!came) came = co_await move_on_after(read(), last_call);
  if (!came || std::get<0>(*came)) co_return false;
  buffer_.commit(1);
  co_return true;
}

awaitable<void> session::serve_request() {
  if (!co_await read_request()) co_return;
  stage_ = stage::handling;
  auto given = co_await make_answer();
  if (!given) co_return client_has_gone();
  bool const fault = given->status == http::status::internal_server_error;
  stage_ = stage::sending;
  keep_alive_ = keep_alive_ && !draining_.cancelled() && parser_->get().keep_alive();
  auto const sent = co_await move_on_after(shared_.limits.body.grace, [&](timeout_scope& scope) {
    return send(scope, std::move(*given));
  });
  if (!sent) {
    hit(limit_kind::send_rate);
    cut();
  } else if (*sent) {
    client_has_gone();
  } else {
    ended_as_ = fault ? fate::failed : fate::answered;
  }
}

/// A limit ended the request. An answer can still say so, unless another one is under way.
void session::too_late(limit_kind kind, http::status status) {
  hit(kind);
  if (stage_ == stage::sending) return cut();
  refuse(stage_ == stage::reading ? status : http::status::service_unavailable);
}

void session::refuse(http::status status) {
  ended_as_ = fate::refused;
  refusal_ = status;
  keep_alive_ = false;
}

/// Drops what the system still holds for a client that does not read it.
void session::cut() {
  ended_as_ = fate::cut;
  keep_alive_ = false;
  error_code ignored;
  stream_.socket().set_option(asio::socket_base::linger(true, 0), ignored);
  stream_.socket().close(ignored);
}

void session::client_has_gone() {
  ended_as_ = fate::client_gone;
  keep_alive_ = false;
  error_code ignored;
  stream_.socket().close(ignored);
}

/// Says why, if there is something to say, and lets the client read it: closing while it still
/// sends would take the answer away.
awaitable<void> session::say_goodbye() {
  if (!stream_.socket().is_open()) co_return;
  // Cancelled in the middle of a request: the server stops, and waits no longer.
  if (stage_ == stage::reading || stage_ == stage::handling)
    refusal_ = http::status::service_unavailable;
  auto const farewell = [&]() -> awaitable<void> {
    if (refusal_) co_await send_refusal();
    co_await stream_.visit(
        [](auto& layer) { return curfew::close_gracefully(layer, curfew::never); });
  };
  (void)co_await move_on_after(shared_.limits.farewell, std::ref(farewell));
}

}  // namespace http_server
