#ifndef HTTP_SERVER_SESSION_HPP
#define HTTP_SERVER_SESSION_HPP

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/crc.hpp>
#include <curfew/timeout_scope.hpp>
#include <optional>

#include "routes.hpp"

namespace http_server {

/// One connection. Each limit is a scope of its own, one inside the other where they overlap, and
/// the scope that ended says which limit it was.
class session {
 public:
  session(tcp::socket socket, service& shared);

  /// Serves the connection to its end. The scope is that of the whole connection.
  awaitable<void> run(curfew::timeout_scope& connection);

  /// Ends it if it waits for its next request; otherwise the present one will be its last.
  void drain();
  /// Ends it whatever it does.
  void stop();

 private:
  awaitable<bool> next_request();
  awaitable<void> first_byte(curfew::timeout_scope& idle);
  awaitable<void> serve_request();
  awaitable<bool> read_request();
  awaitable<error_code> read_header();
  awaitable<error_code> read_body(curfew::timeout_scope& scope);
  awaitable<answer> make_answer();
  awaitable<error_code> send(curfew::timeout_scope& scope, answer given);
  awaitable<void> refuse(http::status status);

  void hit(limit_kind kind) { shared_.counters.hit(kind); }
  void too_late(limit_kind kind, http::status status);
  void bad_request(error_code error);
  void cut();

  enum class stage { reading, handling, sending };

  tcp::socket socket_;
  service& shared_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::buffer_body>> parser_;
  request asked_;
  boost::crc_32_type checksum_;
  std::optional<curfew::timeout_scope> connection_;
  std::optional<curfew::timeout_scope> idle_;

  // Of the present request.
  stage stage_ = stage::reading;
  fate ended_as_ = fate::stopped;
  bool keep_alive_ = true;
  std::optional<http::status> refusal_;
};

}  // namespace http_server

#endif
