#ifndef HTTP_SERVER_SESSION_HPP
#define HTTP_SERVER_SESSION_HPP

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/crc.hpp>
#include <curfew/cancellation_token.hpp>
#include <curfew/timeout_scope.hpp>
#include <optional>

#include "../http_common/stream.hpp"
#include "routes.hpp"

namespace http_server {

/// One connection. Each limit is a scope of its own, one inside the other where they overlap, and
/// the scope that ended says which limit it was.
class session {
 public:
  session(tcp::socket socket, asio::ssl::context* tls, service& shared,
          curfew::cancellation_token draining);

  /// Serves the connection to its end, and takes its leave.
  awaitable<void> run();

 private:
  // The connection: session.cpp
  awaitable<void> serve();
  awaitable<bool> shake_hands();
  awaitable<bool> next_request();
  awaitable<bool> first_byte();
  awaitable<void> serve_request();
  awaitable<void> say_goodbye();

  // What a client asks: session_reading.cpp
  awaitable<bool> read_request();
  awaitable<error_code> read_header();
  awaitable<error_code> read_body(curfew::timeout_scope& scope);
  void bad_request(error_code error);

  // What it is answered: session_answering.cpp
  awaitable<std::optional<answer>> make_answer();
  awaitable<void> watch_client(std::optional<curfew::timeout_scope>& handler);
  awaitable<error_code> send(curfew::timeout_scope& scope, answer given);
  awaitable<void> send_refusal();

  void hit(limit_kind kind) { shared_.counters.hit(kind); }
  void too_late(limit_kind kind, http::status status);
  void refuse(http::status status);
  void cut();
  void client_has_gone();

  enum class stage { between, reading, handling, sending };

  stream stream_;
  service& shared_;
  curfew::cancellation_token const draining_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::buffer_body>> parser_;
  request asked_;
  boost::crc_32_type checksum_;
  curfew::clock::time_point answer_by_{};  ///< When the client will have gone, as it says itself.

  // Of the present request.
  stage stage_ = stage::between;
  fate ended_as_ = fate::stopped;
  bool keep_alive_ = true;
  std::optional<http::status> refusal_;
};

}  // namespace http_server

#endif
