// Three replicas, and whichever is first wins: first the connection, then the answer. No connection
// is lost on the way: what the losers have made all the same is in the results, and is kept in a
// pool.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <iostream>
#include <string>
#include <vector>

namespace asio = boost::asio;
using asio::awaitable;
using asio::deferred;
using asio::ip::tcp;

//! [connect]
/// A connection that has begun is worth finishing, also by a loser: somebody will need it.
awaitable<tcp::socket> connect(tcp::endpoint replica) {
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await curfew::shield(socket.async_connect(replica, deferred));
  co_return socket;
}

/// The fastest connection, and the others into the pool.
awaitable<tcp::socket> fastest(std::vector<tcp::endpoint> replicas,
                               std::vector<tcp::socket>& pool) {
  std::vector<awaitable<tcp::socket>> attempts;
  for (auto const& replica : replicas) attempts.push_back(connect(replica));
  auto r = co_await curfew::first_success(std::move(attempts));
  for (std::size_t i = 0; i < r.results.size(); ++i)
    if (i != r.index && r.results[i]) pool.push_back(std::move(r.results[i]).value());
  co_return std::move(r.results[r.index]).value();
}
//! [connect]

//! [ask]
struct answer {
  std::string text;
  tcp::socket from;
};

awaitable<answer> ask(tcp::socket replica) {
  std::string text;
  co_await asio::async_write(replica, asio::buffer("what?\n", 6), deferred);
  co_await asio::async_read_until(replica, asio::dynamic_buffer(text), '\n', deferred);
  co_return answer{std::move(text), std::move(replica)};
}
//! [ask]

/// Answers every line, or none.
awaitable<void> serve(tcp::acceptor& acceptor, bool answers) {
  auto client = co_await acceptor.async_accept(deferred);
  for (std::string line;; line.clear()) {
    co_await asio::async_read_until(client, asio::dynamic_buffer(line), '\n', deferred);
    if (answers) co_await asio::async_write(client, asio::buffer("42\n", 3), deferred);
  }
}

awaitable<void> client(std::vector<tcp::endpoint> replicas) {
  std::vector<tcp::socket> pool;
  auto first = co_await fastest(replicas, pool);
  std::cout << "one refused, one won, in the pool: " << pool.size() << '\n';
  auto second = std::move(pool.back());
  pool.pop_back();

  // One of them is busy; nobody knows which.
  auto r = co_await curfew::race(ask(std::move(first)), ask(std::move(second)));
  auto& [one, other] = r.results;
  bool const first_won = r.index == 0;
  auto const& loser = first_won ? other : one;
  answer winner = std::move(first_won ? one : other).value();
  std::cout << "the answer: " << winner.text << "the loser was cancelled: " << loser.cancelled()
            << '\n';
  pool.push_back(std::move(winner.from));  // the loser's is closed: it owes an answer

  auto again = co_await ask(std::move(pool.back()));
  std::cout << "the same connection again: " << again.text;
}

int main() {
  asio::io_context context;
  tcp::endpoint const any_port(asio::ip::address_v4::loopback(), 0);
  tcp::acceptor fast(context, any_port), busy(context, any_port), closed(context);
  closed.open(tcp::v4());
  closed.bind(any_port);  // and does not listen, so that it refuses

  auto const one = curfew::spawn(context, serve(fast, true));
  auto const two = curfew::spawn(context, serve(busy, false));
  std::vector<tcp::endpoint> const replicas = {closed.local_endpoint(), busy.local_endpoint(),
                                               fast.local_endpoint()};
  auto const ended = curfew::spawn(context, client(replicas));
  context.run();
  ended.result().value();
  std::cout << "both servers have seen their client leave: "
            << (!one.result().has_value() && !two.result().has_value()) << '\n';
}
