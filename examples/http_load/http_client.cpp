#include "http_client.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <utility>

namespace http_load {

namespace http = boost::beast::http;

awaitable<void> connect(tcp::socket& socket, tcp::endpoint server, int receive_buffer) {
  socket.open(server.protocol());
  socket.set_option(tcp::no_delay(true));
  if (receive_buffer) socket.set_option(asio::socket_base::receive_buffer_size(receive_buffer));
  co_await socket.async_connect(server, asio::deferred);
}

awaitable<reply> http_client::ask(question const& asked) {
  if (!socket_.is_open()) co_await connect(socket_, server_);

  auto const method = asked.body.empty() ? http::verb::get : http::verb::post;
  http::request<http::span_body<char const>> request(method, asked.target, 11);
  request.set(http::field::host, "localhost");
  request.body() = {asked.body.data(), asked.body.size()};
  request.prepare_payload();
  co_await http::async_write(socket_, request, asio::deferred);

  http::response_parser<http::string_body> response;
  response.body_limit(boost::none);
  co_await http::async_read(socket_, buffer_, response, asio::deferred);
  reply given{response.get().result_int(), std::move(response.get().body())};
  if (!response.get().keep_alive()) {
    socket_.close();
    buffer_.clear();
  }
  co_return given;
}

}  // namespace http_load
