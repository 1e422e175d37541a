// The echo server, which stops without cutting an answer.

#include <boost/asio.hpp>
#include <chrono>
#include <csignal>
#include <curfew/curfew.hpp>
#include <stdexcept>
#include <string>

#include "world.hpp"

namespace asio = boost::asio;
using asio::awaitable, asio::deferred, asio::use_awaitable;
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

auto const patience = 500ms;  // half a minute, where it is not to be seen here

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

int main() {
  world around;
  asio::io_context context;
  tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
  around.visit(acceptor.local_endpoint());
  auto const listen = [&](curfew::shutdown_control& control) {
    return curfew::serve(acceptor, control, session);
  };
  return curfew::run(context, listen, curfew::run_options().drain_limit(1s));
}
