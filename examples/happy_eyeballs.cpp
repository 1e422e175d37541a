// A host of three addresses, of which the first never answers and the second refuses. The attempts
// begin 250 ms apart, or as soon as one has failed; the first that connects ends the others.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

namespace asio = boost::asio;
using asio::awaitable;
using asio::deferred;
using asio::ip::tcp;
using namespace std::chrono_literals;

//! [connect]
awaitable<tcp::socket> connect_to(tcp::endpoint where) {
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect(where, deferred);
  co_return socket;
}

awaitable<curfew::race_result<std::vector<curfew::outcome<tcp::socket>>>> connect(
    tcp::resolver::results_type const& addresses) {
  std::vector<std::function<awaitable<tcp::socket>()>> attempts;
  for (auto const& one : addresses)
    attempts.push_back([where = one.endpoint()] { return connect_to(where); });
  return curfew::staggered_race(250ms, attempts);
}
//! [connect]

awaitable<void> client(tcp::resolver::results_type addresses) {
  auto const executor = co_await asio::this_coro::executor;
  auto const began = curfew::now(executor);
  auto const r = co_await connect(addresses);
  auto const took = curfew::now(executor) - began;

  char const* const names[] = {"silent", "closed", "open"};
  for (std::size_t i = 0; i < r.results.size(); ++i) {
    auto const& one = r.results[i];
    std::cout << names[i] << ": "
              << (one               ? "connected"
                  : one.cancelled() ? "cancelled"
                                    : "failed")
              << '\n';
  }
  std::cout << "the silent one cost 250 ms: " << (took >= 250ms) << '\n';
}

int main() {
  asio::io_context context;
  tcp::endpoint const any_port(asio::ip::address_v4::loopback(), 0);
  tcp::acceptor silent(context), closed(context), open(context, any_port);
  for (auto* one : {&silent, &closed}) {
    one->open(tcp::v4());
    one->bind(any_port);
  }
  silent.listen(0);  // and nobody accepts: when its queue is full, it answers no more
  std::vector<tcp::socket> in_the_queue;
  for (int i = 0; i < 4; ++i) {
    in_the_queue.emplace_back(context);
    in_the_queue.back().async_connect(silent.local_endpoint(), asio::detached);
  }

  std::vector<tcp::endpoint> const addresses = {silent.local_endpoint(), closed.local_endpoint(),
                                                open.local_endpoint()};
  auto const ended =
      curfew::spawn(context, client(tcp::resolver::results_type::create(
                                 addresses.begin(), addresses.end(), "host.example", "http")));
  while (!ended.done()) context.run_one();
  ended.result().value();
}
