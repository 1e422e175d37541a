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

/// Asks again and again, each time by a new connection, until something has come true.
template <class F>
awaitable<bool> see(scene& of, clock::time_point until, std::string_view target, F is_true) {
  while (clock::now() < until) {
    auto const seen = co_await curfew::settle(ask_anew(of, target));
    if (is_true(seen)) co_return true;
    co_await curfew::sleep_for(5ms);
  }
  co_return false;
}

/// What somebody sees who comes now.
awaitable<void> look_from_outside(scene& of) {
  auto const drain = of.signalled + std::chrono::ceil<clock::duration>(of.delay);
  auto const says_no = [](auto const& seen) {
    return seen.has_value() && seen.value().status == 503;
  };
  of.seen.not_ready = of.delay < 50ms;
  if (!of.seen.not_ready) of.seen.not_ready = co_await see(of, drain, "/ready", says_no);

  auto const refuses = [](auto const& seen) {
    error_code const refused = asio::error::connection_refused;
    return !seen.has_value() && in_words(seen.error()) == refused.message();
  };
  co_await curfew::sleep_until(drain);
  of.seen.refused = co_await see(of, drain + of.all.chosen.tolerance, "/", refuses);
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
