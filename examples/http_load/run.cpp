#include "run.hpp"

#include <curfew/curfew.hpp>

#include "misbehaving.hpp"

namespace http_load {

using namespace std::chrono_literals;

namespace {

/// How long a client with little patience waits.
constexpr std::chrono::milliseconds little_time = 100ms;

/// The server may still be saying farewell to the last of them.
awaitable<server_facts> ask_when_quiet(http_client& asking) {
  auto facts = co_await ask_server(asking);
  for (int i = 0; i < 40 && facts.open != 1; ++i) {  // the one that asks
    co_await curfew::sleep_for(50ms);
    facts = co_await ask_server(asking);
  }
  co_return facts;
}

awaitable<void> look_around(world& all) {
  http_client asking(co_await asio::this_coro::executor, all.server);
  all.before = co_await ask_server(asking);
  all.before.limits["client_time_ms"] = little_time.count();
  all.encrypted = all.server;
  if (all.before.tls_port == 0 || all.chosen.authority.empty()) co_return;
  all.tls.emplace(make_tls_context(all.chosen.authority));
  all.encrypted = {{all.server.where.address(), all.before.tls_port}, &*all.tls};
}

}  // namespace

awaitable<void> run_clients(world& all, std::vector<errand>& errands) {
  co_await look_around(all);
  errands = make_errands(all.before);
  all.end = clock::now() + std::chrono::duration_cast<clock::duration>(all.chosen.time);

  co_await curfew::with_task_group([&](curfew::task_group& clients) -> awaitable<void> {
    for (unsigned i = 0; i < all.chosen.well_behaved; ++i)
      clients.spawn(behave_well(all, errands, i + 1));
    for (unsigned i = 0; i < all.chosen.misbehaving; ++i) {
      for (auto const& how : misdeeds(all.has_tls())) clients.spawn(misbehave(all, how));
      clients.spawn(vanish(all));
      clients.spawn(ask_wrongly(all));
    }
    co_return;
  });
  // One connection for both questions: the second one's own might be one too many, while the server
  // has not yet heard that the crowd has left.
  http_client asking(co_await asio::this_coro::executor, all.server);
  co_await ask_when_quiet(asking);
  co_await overcrowd(all);
  all.after = co_await ask_when_quiet(asking);
  asking.close();
  all.used = memory_of(all.before.pid);
  if (all.chosen.shut_down) co_await close_the_server(all);
  all.finished = true;
}

}  // namespace http_load
