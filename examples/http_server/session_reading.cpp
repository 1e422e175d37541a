#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <charconv>
#include <curfew/curfew.hpp>

#include "pace.hpp"
#include "session.hpp"

namespace http_server {

using namespace std::chrono_literals;
using curfew::clock;
using curfew::move_on_after;
using curfew::timeout_scope;

namespace {

/// How long the client will wait, as its header says.
clock::duration patience(http::request_header<> const& header) {
  auto const text = header[{time_left.data(), time_left.size()}];
  std::uint64_t number = 0;
  auto const* const end = text.data() + text.size();
  auto const [read, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || read != end) return clock::duration::max();
  return std::min<clock::duration>(
      std::chrono::milliseconds(std::min(number, std::uint64_t{1} << 40)), 24h);
}

}  // namespace

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
  auto const self = co_await curfew::this_task::self();
  error_code error;
  co_await http::async_read_header(stream_, buffer_, *parser_, into(error));
  auto const& header = parser_->get();
  asked_ = {header.method(), std::string(header.target()), 0, 0};
  auto const waits = patience(header);
  answer_by_ = waits == clock::duration::max() ? clock::time_point::max() : self.now() + waits;
  co_return error;
}

awaitable<error_code> session::read_body(timeout_scope& scope) {
  error_code error;
  if (parser_->get()[http::field::expect] == "100-continue") {
    static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    co_await asio::async_write(stream_, asio::buffer(go_on), into(error));
    if (error) co_return error;
  }
  checksum_.reset();
  pace progress(scope, shared_.limits.body);
  std::array<char, 16 * 1024> piece;
  while (!parser_->is_done()) {
    auto& body = parser_->get().body();
    body.data = piece.data();
    body.size = piece.size();
    co_await http::async_read_some(stream_, buffer_, *parser_, into(error));
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

void session::bad_request(error_code error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    hit(limit_kind::header_size);
    refuse(http::status::request_header_fields_too_large);
  } else if (error == http::error::body_limit) {
    hit(limit_kind::body_size);
    refuse(http::status::payload_too_large);
  } else if (error.category() == http::make_error_code(http::error::bad_method).category() &&
             error != http::error::end_of_stream && error != http::error::partial_message) {
    refuse(http::status::bad_request);
  } else {
    client_has_gone();
  }
}

}  // namespace http_server
