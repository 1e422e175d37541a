#include "closing_time.hpp"

#include <signal.h>

#include <boost/asio/this_coro.hpp>
#include <curfew/curfew.hpp>

#include "closing_clients.hpp"
#include "words.hpp"

namespace http_load {

using namespace std::chrono_literals;

namespace {

constexpr unsigned of_each_deed = 16;
constexpr unsigned idle_connections = 60;
constexpr unsigned busy_clients = 8;

awaitable<reply> ask_anew(scene& of, std::string_view target) {
  http_client client(co_await asio::this_coro::executor, of.all.server);
  co_return co_await client.ask({.target = target});
}

/// What somebody sees who comes now.
awaitable<void> look_from_outside(scene& of) {
  of.seen.not_ready = of.delay < 50ms;
  if (!of.seen.not_ready) {
    auto const ready = co_await curfew::settle(ask_anew(of, "/ready"));
    of.seen.not_ready = ready.has_value() && ready.value().status == 503;
    if (!of.seen.not_ready) of.complain("/ready does not say that the server is about to stop");
  }
  auto const drain = std::chrono::ceil<clock::duration>(of.delay + of.all.chosen.tolerance);
  co_await curfew::sleep_until(of.signalled + drain);
  auto const late = co_await curfew::settle(ask_anew(of, "/"));
  of.seen.refused = of.seen.answered < of.seen.begun && !late.has_value() &&
                    in_words(late.error()) == error_code(asio::error::connection_refused).message();
  if (!of.seen.refused)
    of.complain("a new connection while the server drains: " +
                (late.has_value() ? "answered" : in_words(late.error())));
}

awaitable<void> all_come(scene& of, curfew::task_group& clients) {
  std::vector<awaitable<void>> arrivals;
  unsigned number = 0;
  for (auto const& what : deeds())
    for (unsigned i = 0; i < of_each_deed; ++i)
      arrivals.push_back(clients.start(ask_in_time, std::ref(of), what, number++));
  of.expected = number;
  for (unsigned i = 0; i < idle_connections; ++i)
    arrivals.push_back(clients.start(sit_idle, std::ref(of), number++));
  for (unsigned i = 0; i < busy_clients; ++i)
    arrivals.push_back(clients.start(ask_on, std::ref(of), number++));
  co_await curfew::gather(std::move(arrivals));
}

}  // namespace

awaitable<void> close_the_server(world& all) {
  scene of(all);
  auto const ended = co_await curfew::settle(curfew::timeout(10s, [&] {
    return curfew::with_task_group([&](curfew::task_group& clients) -> awaitable<void> {
      co_await all_come(of, clients);
      of.go.set();
      co_await curfew::wait_for(of.all_begun.wait(), 2s);
      co_await curfew::sleep_for(10ms);
      of.signalled = clock::now();
      if (::kill(static_cast<pid_t>(all.before.pid), SIGTERM) != 0)
        throw boost::system::system_error(errno, boost::system::system_category());
      co_await look_from_outside(of);
    });
  }));
  if (!ended.has_value()) of.complain("cut short: " + in_words(ended.error()));
}

}  // namespace http_load
