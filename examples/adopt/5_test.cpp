// The sessions of the echo server, tested: no test waits, and each ends the same way each time.

#include <boost/asio.hpp>
#include <chrono>
#include <csignal>
#include <curfew/curfew.hpp>
#include <curfew/testing/testing.hpp>
#include <stdexcept>
#include <string>

#include "world.hpp"

namespace asio = boost::asio;
using asio::awaitable, asio::deferred;
using asio::ip::tcp;
using namespace std::chrono_literals;

/// Asks a database, say.
awaitable<std::string> answer(std::string question) {
  if (question == "nonsense") throw std::runtime_error("no answer to nonsense");
  if (question == "goodbye") std::raise(SIGTERM);  // just now somebody stops the server
  co_await curfew::sleep_for(question == "everything" ? 1h : 20ms);
  co_return question + '\n';
}

/// Writes to a file, or another database.
awaitable<void> save(int answered, std::string why_it_ended) {
  co_await curfew::sleep_for(10ms);
  journal.push_back(std::to_string(answered) + " answered: " + why_it_ended);
}

auto const patience = 30s;

awaitable<std::string> talk(tcp::socket& socket, int& answered) {
  for (std::string line;; ++answered) {
    auto const got = co_await curfew::idle(
        curfew::wait_for(asio::async_read_until(socket, asio::dynamic_buffer(line), '\n', deferred),
                         patience)(asio::as_tuple(deferred)));
    if (!got) co_return "the server stops";
    auto const [end, n] = *got;
    if (end) co_return end.message();
    auto const reply = co_await answer(line.substr(0, n - 1));
    line.erase(0, n);
    co_await curfew::wait_for(asio::async_write(socket, asio::buffer(reply), deferred), patience);
  }
}

awaitable<void> session(tcp::socket socket) {
  int answered = 0;
  auto const note = [&](curfew::outcome<std::string> const& how) {
    return save(answered, how ? how.value() : how.cancelled() ? "stopped" : "failed");
  };
  co_await curfew::finally(talk(socket, answered), note, 1s);
}

void expect(bool holds, char const* what) {
  if (!holds) throw std::logic_error(what);
}

/// The server's end of a connection.
tcp::socket accept_from(tcp::socket& client) {
  tcp::acceptor acceptor(client.get_executor(), {asio::ip::address_v4::loopback(), 0});
  client.connect(acceptor.local_endpoint());
  return acceptor.accept();
}

awaitable<void> a_silent_client_is_left(curfew::testing::virtual_time& time) {
  tcp::socket client(time.context());
  auto const began = time.now();
  co_await session(accept_from(client));
  expect(time.now() - began == 30s + 10ms, "it waits for half a minute, and writes its entry");
  expect(journal.back() == "0 answered: the time limit passed", "the entry says why");
}

awaitable<void> a_client_that_asks_once() {
  journal.clear();
  tcp::socket client(co_await asio::this_coro::executor);
  auto served = accept_from(client);
  asio::write(client, asio::buffer("hello\n", 6));
  client.shutdown(tcp::socket::shutdown_send);
  co_await session(std::move(served));
}

int main() {
  curfew::testing::run_test(a_silent_client_is_left);
  std::cout << "half a minute of silence: " << journal.back() << '\n';

  curfew::testing::cancel_at_every_step(a_client_that_asks_once, [](auto const& run) {
    expect(journal.size() == 1, "a session that began has one entry");
    expect(run.took <= 10ms, "and ends as soon as that is written");
  });
  std::cout << "stopped at every step: each session has its entry\n";
}
