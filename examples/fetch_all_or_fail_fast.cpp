// Pages from several servers with one `gather`: all of them, or the first failure, which names its
// server. By the time it is reported, the other fetches were cancelled and have closed their
// sockets.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace asio = boost::asio;
using asio::awaitable;
using asio::deferred;
using asio::ip::tcp;

struct server {
  std::string name;
  tcp::endpoint where;
};

struct connection : tcp::socket {
  explicit connection(asio::any_io_executor const& executor) : tcp::socket(executor) { ++alive; }
  ~connection() { --alive; }
  static inline int alive = 0;
};

//! [fetch]
awaitable<std::string> fetch(server from) {
  connection socket(co_await asio::this_coro::executor);
  try {
    std::string line;
    co_await socket.async_connect(from.where, deferred);
    co_await asio::async_read_until(socket, asio::dynamic_buffer(line), '\n', deferred);
    line.pop_back();
    if (!line.starts_with("200 ")) throw std::runtime_error(line);
    co_return line.substr(4);
  } catch (std::exception const& e) {
    if (curfew::is_cancellation(std::current_exception())) {
      std::cout << "  " << from.name << ": cancelled\n";
      throw;  // as it is: a cancellation is no failure
    }
    throw std::runtime_error(from.name + ": " + e.what());
  }
}

awaitable<void> fetch_all(std::vector<server> servers) {
  std::vector<awaitable<std::string>> fetches;
  for (auto const& one : servers) fetches.push_back(fetch(one));
  try {
    auto const pages = co_await curfew::gather(std::move(fetches));
    for (auto const& page : pages) std::cout << "  " << page << '\n';
  } catch (std::exception const& e) {
    std::cout << "  failed: " << e.what() << '\n';
  }
  std::cout << "  open connections: " << connection::alive << '\n';
}
//! [fetch]

/// Sends its line to whoever connects; an empty one is never finished.
awaitable<void> serve(curfew::task_started<tcp::endpoint> const& started, std::string line) {
  auto const executor = co_await asio::this_coro::executor;
  tcp::acceptor acceptor(executor, {asio::ip::address_v4::loopback(), 0});
  started(acceptor.local_endpoint());
  for (;;) {
    auto client = co_await acceptor.async_accept(deferred);
    co_await asio::async_write(client, asio::buffer(line), deferred);
    char end;  // waits until the client has left
    co_await curfew::settle(client.async_read_some(asio::buffer(&end, 1), deferred));
  }
}

awaitable<void> program(curfew::task_group& group) {
  server alpha{"alpha", {}}, beta{"beta", {}}, broken{"broken", {}};
  server silent{"silent", {}}, mute{"mute", {}};
  alpha.where = co_await group.start(serve, "200 the page of alpha\n");
  beta.where = co_await group.start(serve, "200 the page of beta\n");
  broken.where = co_await group.start(serve, "503 out of order\n");
  silent.where = co_await group.start(serve, "");
  mute.where = co_await group.start(serve, "");

  std::cout << "two that answer:\n";
  std::vector<server> servers = {alpha, beta};
  co_await fetch_all(servers);
  std::cout << "one that is broken, two that never answer:\n";
  servers = {silent, broken, mute};
  co_await fetch_all(servers);
  group.cancel("all done");
}

int main() {
  asio::io_context context;
  auto const ended = curfew::spawn(context, {"main"}, curfew::with_task_group, program);
  context.run();
  ended.result().value();
}
