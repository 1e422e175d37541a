#include "http_client.hpp"

#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <stdexcept>
#include <utility>

namespace http_load {

namespace http = boost::beast::http;

namespace {

template <class Stream>
awaitable<error_code> read_to_the_end(Stream& from, std::string& heard) {
  error_code error;
  char piece[1024];
  while (!error) {
    auto const count = co_await from.async_read_some(asio::buffer(piece), into(error));
    heard.append(piece, count);
  }
  co_return error;
}

}  // namespace

awaitable<void> connect(tcp::socket& socket, tcp::endpoint server, int receive_buffer) {
  socket.open(server.protocol());
  socket.set_option(tcp::no_delay(true));
  if (receive_buffer) socket.set_option(asio::socket_base::receive_buffer_size(receive_buffer));
  co_await socket.async_connect(server, asio::deferred);
}

awaitable<error_code> listen_to(tcp::socket& socket, std::string& heard) {
  return read_to_the_end(socket, heard);
}

awaitable<error_code> listen_to(stream& connection, std::string& heard) {
  return read_to_the_end(connection, heard);
}

awaitable<reply> http_client::ask(question asked) {
  if (!is_open()) co_await connect();
  co_await send(asked);
  co_return co_await receive();
}

awaitable<void> http_client::connect() {
  close();
  tcp::socket socket(executor_);
  co_await http_load::connect(socket, server_.where, receive_buffer_);
  if (server_.tls) {
    stream_.emplace(std::move(socket), *server_.tls);
    co_await stream_->async_handshake(asio::ssl::stream_base::client, asio::deferred);
  } else {
    stream_.emplace(std::move(socket));
  }
}

awaitable<void> http_client::send(question asked) {
  auto const method = asked.body.empty() ? http::verb::get : http::verb::post;
  http::request<http::span_body<char const>> request(method, asked.target, 11);
  request.set(http::field::host, "localhost");
  if (asked.patience) request.set(time_left, std::to_string(asked.patience->count()));
  request.body() = {asked.body.data(), asked.body.size()};
  request.prepare_payload();
  co_await http::async_write(*stream_, request, asio::deferred);
}

awaitable<reply> http_client::receive() {
  http::response_parser<http::string_body> response;
  response.body_limit(boost::none);
  co_await http::async_read(*stream_, buffer_, response, asio::deferred);
  auto& message = response.get();
  reply given{message.result_int(), std::move(message.body()), message.keep_alive()};
  co_return given;
}

void http_client::close() {
  stream_.reset();
  buffer_.clear();
}

asio::ssl::context make_tls_context(std::string const& authority) {
  asio::ssl::context made(asio::ssl::context::tls_client);
  error_code error;
  made.load_verify_file(authority, error);
  if (error)
    throw std::runtime_error("cannot use the certificate '" + authority + "': " + error.message());
  made.set_verify_mode(asio::ssl::verify_peer);
  made.set_verify_callback(asio::ssl::host_name_verification("localhost"));
  return made;
}

}  // namespace http_load
