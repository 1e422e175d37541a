#include "session.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <curfew/curfew.hpp>
#include <iostream>
#include <utility>

#include "pace.hpp"

namespace http_server {

using curfew::move_on_after;
using curfew::timeout_scope;

namespace {

http::response<http::string_body> response_to(request const& asked, unsigned version,
                                              bool keep_alive, answer given) {
  http::response<http::string_body> response(given.status, version);
  auto const length = given.body.size() + given.streamed;
  response.set(http::field::content_type, given.type);
  response.set(http::field::server, "curfew");
  response.keep_alive(keep_alive);
  if (asked.method != http::verb::head) response.body() = std::move(given.body);
  response.content_length(length);
  return response;
}

std::string in_words(std::exception_ptr const& error) {
  try {
    std::rethrow_exception(error);
  } catch (std::exception const& known) {
    return known.what();
  } catch (...) {
    return "something that is no std::exception";
  }
}

}  // namespace

session::session(tcp::socket socket, service& shared)
    : socket_(std::move(socket)),
      shared_(shared),
      buffer_(shared.limits.header_bytes + std::size_t{16 * 1024}) {
  error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
}

void session::drain() {
  keep_alive_ = false;
  if (idle_) idle_->cancel({curfew::cancellation_cause::shutdown, "the server drains"});
}

void session::stop() {
  keep_alive_ = false;
  if (connection_) connection_->cancel({curfew::cancellation_cause::shutdown, "the server stops"});
}

awaitable<void> session::run(timeout_scope& connection) {
  connection_ = connection;
  // One that was accepted as the server began to drain is not begun.
  while (keep_alive_ && !shared_.draining && co_await next_request()) {
    request_record record(shared_.counters);
    stage_ = stage::reading;
    ended_as_ = fate::stopped;
    refusal_.reset();
    bool const in_time =
        co_await move_on_after(shared_.limits.request, &session::serve_request, this);
    if (!in_time) too_late(limit_kind::request, http::status::request_timeout);
    if (refusal_) co_await refuse(*refusal_);
    record.ended_as = ended_as_;
  }
}

/// Whether one begins before the client leaves, the limit passes, or the server drains.
awaitable<bool> session::next_request() {
  parser_.reset();
  if (buffer_.size() > 0) co_return true;
  bool const came = co_await move_on_after(shared_.limits.idle,
                                           [&](timeout_scope& scope) { return first_byte(scope); });
  if (!came && idle_->expired()) hit(limit_kind::idle);
  idle_.reset();
  if (!came) co_return false;
  // Readable and empty: the client has closed its side.
  error_code error;
  co_return socket_.available(error) > 0;
}

awaitable<void> session::first_byte(timeout_scope& idle) {
  idle_ = idle;
  // No buffer is held meanwhile: most connections do nothing most of the time.
  co_await socket_.async_wait(tcp::socket::wait_read, asio::deferred);
}

awaitable<void> session::serve_request() {
  if (!co_await read_request()) co_return;
  stage_ = stage::handling;
  auto given = co_await make_answer();
  bool const fault = given.status == http::status::internal_server_error;
  stage_ = stage::sending;
  keep_alive_ = keep_alive_ && !shared_.draining && parser_->get().keep_alive();
  auto const sent = co_await move_on_after(shared_.limits.body.grace, [&](timeout_scope& scope) {
    return send(scope, std::move(given));
  });
  if (!sent) {
    hit(limit_kind::send_rate);
    cut();
  } else if (*sent) {
    ended_as_ = fate::client_gone;
    keep_alive_ = false;
  } else {
    ended_as_ = fault ? fate::failed : fate::answered;
  }
}

/// Whether there is something to handle.
awaitable<bool> session::read_request() {
  auto const& limits = shared_.limits;
  parser_.emplace();
  parser_->header_limit(limits.header_bytes);
  parser_->body_limit(limits.body_bytes);

  auto const header = co_await move_on_after(limits.header, &session::read_header, this);
  if (!header) too_late(limit_kind::header, http::status::request_timeout);
  if (header && *header) bad_request(*header);
  if (!header || *header) co_return false;

  auto const body = co_await move_on_after(limits.body.grace,
                                           [&](timeout_scope& scope) { return read_body(scope); });
  if (!body) too_late(limit_kind::receive_rate, http::status::request_timeout);
  if (body && *body) bad_request(*body);
  co_return body && !*body;
}

awaitable<error_code> session::read_header() {
  error_code error;
  co_await http::async_read_header(socket_, buffer_, *parser_, into(error));
  auto const& header = parser_->get();
  asked_ = {header.method(), std::string(header.target()), 0, 0};
  co_return error;
}

awaitable<error_code> session::read_body(timeout_scope& scope) {
  error_code error;
  if (parser_->get()[http::field::expect] == "100-continue") {
    static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    co_await asio::async_write(socket_, asio::buffer(go_on), into(error));
    if (error) co_return error;
  }
  checksum_.reset();
  pace progress(scope, shared_.limits.body);
  std::array<char, 16 * 1024> piece;
  while (!parser_->is_done()) {
    auto& body = parser_->get().body();
    body.data = piece.data();
    body.size = piece.size();
    co_await http::async_read_some(socket_, buffer_, *parser_, into(error));
    if (error == http::error::need_buffer) error = {};
    if (error) co_return error;
    // Only what was meant counts: the framing of one-byte chunks is no progress either.
    auto const came = piece.size() - body.size;
    checksum_.process_bytes(piece.data(), came);
    asked_.body_bytes += came;
    progress.moved(came);
  }
  asked_.body_checksum = checksum_.checksum();
  co_return error;
}

awaitable<answer> session::make_answer() {
  auto const handled = co_await curfew::settle(
      move_on_after(shared_.limits.handler, handle, std::cref(asked_), std::ref(shared_)));
  if (handled.has_value()) {
    if (handled.value()) co_return *handled.value();
    hit(limit_kind::handler);
    co_return plain_answer(http::status::service_unavailable, "this took too long");
  }
  if (handled.cancelled()) std::rethrow_exception(handled.error());
  if (handled.timed_out())
    co_return plain_answer(http::status::gateway_timeout, "somebody else took too long");
  std::cerr << "http_server: " << asked_.target << ": " << in_words(handled.error()) << '\n';
  co_return plain_answer(http::status::internal_server_error, "a fault of this server");
}

awaitable<error_code> session::send(timeout_scope& scope, answer given) {
  pace progress(scope, shared_.limits.body);
  auto const streamed = asked_.method == http::verb::head ? 0 : given.streamed;
  auto const response =
      response_to(asked_, parser_->get().version(), keep_alive_, std::move(given));
  http::response_serializer<http::string_body> serializer(response);
  error_code error;
  while (!serializer.is_done()) {
    auto const went = co_await http::async_write_some(socket_, serializer, into(error));
    if (error) co_return error;
    progress.moved(went);
  }
  for (std::uint64_t sent = 0; sent < streamed;) {
    auto const piece = stream_piece(sent, streamed - sent);
    auto const went = co_await socket_.async_write_some(asio::buffer(piece), into(error));
    if (error) co_return error;
    progress.moved(went);
    sent += went;
  }
  co_return error;
}

/// A limit ended the request. An answer can still say so, unless another one is under way.
void session::too_late(limit_kind kind, http::status status) {
  hit(kind);
  if (stage_ == stage::sending) return cut();
  refusal_ = stage_ == stage::reading ? status : http::status::service_unavailable;
  keep_alive_ = false;
}

void session::bad_request(error_code error) {
  keep_alive_ = false;
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    hit(limit_kind::header_size);
    refusal_ = http::status::request_header_fields_too_large;
  } else if (error == http::error::body_limit) {
    hit(limit_kind::body_size);
    refusal_ = http::status::payload_too_large;
  } else if (error.category() == http::make_error_code(http::error::bad_method).category() &&
             error != http::error::end_of_stream && error != http::error::partial_message) {
    refusal_ = http::status::bad_request;
  } else {
    ended_as_ = fate::client_gone;
  }
}

/// Drops what the system still holds for a client that does not read it.
void session::cut() {
  ended_as_ = fate::cut;
  keep_alive_ = false;
  error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  socket_.close(ignored);
}

/// Says why, and lets the client read it: closing while it still sends would take the answer away.
awaitable<void> session::refuse(http::status status) {
  ended_as_ = fate::refused;
  auto farewell = [&]() -> awaitable<void> {
    std::string const why(http::obsolete_reason(status));
    auto const response = response_to({}, 11, false, plain_answer(status, why));
    error_code error;
    co_await http::async_write(socket_, response, into(error));
    socket_.shutdown(tcp::socket::shutdown_send, error);
    std::array<char, 4096> ignored;
    while (!error) co_await socket_.async_read_some(asio::buffer(ignored), into(error));
  };
  (void)co_await move_on_after(shared_.limits.farewell, std::ref(farewell));
}

}  // namespace http_server
