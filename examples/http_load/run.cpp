#include "run.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/this_coro.hpp>
#include <curfew/sleep.hpp>
#include <utility>

#include "misbehaving.hpp"

namespace http_load {

using namespace std::chrono_literals;

namespace {

/// Starts coroutines and waits for them.
class crowd {
 public:
  explicit crowd(asio::any_io_executor const& executor) : executor_(executor), left_(executor, 1) {}

  void send(awaitable<void> one) {
    ++present_;
    asio::co_spawn(executor_, std::move(one), [this](std::exception_ptr error) {
      if (error && !first_error_) first_error_ = error;
      if (--present_ == 0) left_.try_send(error_code());
    });
  }
  awaitable<void> all_left() {
    while (present_ > 0) co_await left_.async_receive(asio::deferred);
    if (first_error_) std::rethrow_exception(first_error_);
  }

 private:
  asio::any_io_executor executor_;
  asio::experimental::channel<void(error_code)> left_;
  std::size_t present_ = 0;
  std::exception_ptr first_error_;
};

/// The server may still be saying farewell to the last of them.
awaitable<server_facts> ask_when_quiet(tcp::endpoint where) {
  server_facts facts;
  for (int i = 0; i < 40; ++i) {
    facts = co_await ask_server(where);
    if (facts.open == 1) break;  // the one that asks
    co_await curfew::sleep_for(50ms);
  }
  co_return facts;
}

}  // namespace

awaitable<void> run_clients(world& all, std::vector<errand>& errands) {
  all.before = co_await ask_server(all.server);
  errands = make_errands(all.before);
  all.end = clock::now() + std::chrono::duration_cast<clock::duration>(all.chosen.time);

  crowd clients(co_await asio::this_coro::executor);
  for (unsigned i = 0; i < all.chosen.well_behaved; ++i)
    clients.send(behave_well(all, errands, i + 1));
  for (unsigned i = 0; i < all.chosen.misbehaving; ++i) {
    for (auto const& how : misdeeds()) clients.send(misbehave(all, how));
    clients.send(vanish(all));
    clients.send(ask_wrongly(all));
  }
  co_await clients.all_left();
  co_await ask_when_quiet(all.server);
  clients.send(overcrowd(all));
  co_await clients.all_left();
  all.after = co_await ask_when_quiet(all.server);
  all.finished = true;
}

}  // namespace http_load
