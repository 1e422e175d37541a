// An echo server in plain Asio, as many people have it.

#include <boost/asio.hpp>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <string>

#include "world.hpp"

namespace asio = boost::asio;
using asio::awaitable, asio::use_awaitable;
using asio::ip::tcp;
using namespace std::chrono_literals;

/// Asks a database, say.
awaitable<std::string> answer(std::string question) {
  if (question == "nonsense") throw std::runtime_error("no answer to nonsense");
  if (question == "goodbye") std::raise(SIGTERM);  // just now somebody stops the server
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(question == "everything" ? 1h : 20ms);
  co_await timer.async_wait(use_awaitable);
  co_return question + '\n';
}

/// Writes to a file, or another database.
awaitable<void> save(int answered, std::string why_it_ended) {
  asio::steady_timer timer(co_await asio::this_coro::executor, 10ms);
  co_await timer.async_wait(use_awaitable);
  journal.push_back(std::to_string(answered) + " answered: " + why_it_ended);
}

awaitable<std::string> talk(tcp::socket& socket, int& answered) {
  for (std::string line;; ++answered) {
    auto const [end, n] = co_await asio::async_read_until(socket, asio::dynamic_buffer(line), '\n',
                                                          asio::as_tuple(use_awaitable));
    if (end) co_return end.message();
    auto const reply = co_await answer(line.substr(0, n - 1));
    line.erase(0, n);
    co_await asio::async_write(socket, asio::buffer(reply), use_awaitable);
  }
}

awaitable<void> session(tcp::socket socket) {
  int answered = 0;
  auto const end = co_await talk(socket, answered);
  co_await save(answered, end);
}

awaitable<void> listen(tcp::acceptor acceptor) {
  for (;;) {
    auto socket = co_await acceptor.async_accept(use_awaitable);
    asio::co_spawn(acceptor.get_executor(), session(std::move(socket)), asio::detached);
  }
}

int main() {
  world around;
  asio::io_context context;
  asio::signal_set signals(context, SIGINT, SIGTERM);
  signals.async_wait([&](auto, auto) { context.stop(); });
  tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
  around.visit(acceptor.local_endpoint());
  asio::co_spawn(context, listen(std::move(acceptor)), asio::detached);
  context.run();
}
