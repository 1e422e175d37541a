#include "run.hpp"

#include <curfew/curfew.hpp>

#include "misbehaving.hpp"

namespace http_load {

using namespace std::chrono_literals;

namespace {

/// How long a client with little patience waits.
constexpr std::chrono::milliseconds little_time = 100ms;

/// The server may still be saying farewell to the last of them.
awaitable<server_facts> ask_when_quiet(peer server) {
  for (int i = 0; i < 40; ++i) {
    auto facts = co_await curfew::settle(ask_server(server));
    bool const alone = facts.has_value() && facts.value().open == 1;  // the one that asks
    if (alone) co_return std::move(facts).value();
    co_await curfew::sleep_for(50ms);
  }
  co_return co_await ask_server(server);
}

awaitable<void> look_around(world& all) {
  all.before = co_await ask_server(all.server);
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
  co_await ask_when_quiet(all.server);
  co_await overcrowd(all);
  all.after = co_await ask_when_quiet(all.server);
  all.used = memory_of(all.before.pid);
  if (all.chosen.shut_down) co_await close_the_server(all);
  all.finished = true;
}

}  // namespace http_load
