#include "backends.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <curfew/gather.hpp>
#include <curfew/this_task.hpp>
#include <string>
#include <utility>

namespace http_server {

namespace http = boost::beast::http;
using std::chrono::milliseconds;

namespace {

awaitable<backend_answer> ask(tcp::endpoint where, milliseconds work) {
  auto const self = co_await curfew::this_task::self();
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect(where, asio::deferred);

  auto const target = "/slow?ms=" + std::to_string(work.count());
  auto const budget = std::chrono::floor<milliseconds>(self.remaining());
  http::request<http::empty_body> request(http::verb::get, target, 11);
  request.set(http::field::host, "backend");
  request.set(time_left, std::to_string(budget.count()));
  request.keep_alive(false);
  co_await http::async_write(socket, request, asio::deferred);

  boost::beast::flat_buffer buffer;
  http::response<http::string_body> response;
  co_await http::async_read(socket, buffer, response, asio::deferred);
  switch (response.result()) {
    case http::status::ok: co_return backend_answer::came;
    case http::status::service_unavailable: co_return backend_answer::out_of_time;
    default: co_return backend_answer::failed;
  }
}

}  // namespace

awaitable<std::vector<backend_answer>> ask_backends(tcp::endpoint where,
                                                    std::vector<milliseconds> work,
                                                    curfew::clock::duration limit) {
  std::vector<awaitable<backend_answer>> calls;
  for (auto const each : work) calls.push_back(ask(where, each));
  auto const ended = co_await curfew::gather_settled(limit, std::move(calls));

  std::vector<backend_answer> answers;
  for (auto const& one : ended) {
    if (one.timed_out())
      answers.push_back(backend_answer::out_of_time);
    else
      answers.push_back(one.has_value() ? one.value() : backend_answer::failed);
  }
  co_return answers;
}

}  // namespace http_server
