// Who waits for whom? A look into a program that stands still: an order waits for its payment with
// the lock on the stock in its hand.

#include <boost/asio.hpp>
#include <chrono>
#include <curfew/move_on_after.hpp>
#include <curfew/mutex.hpp>
#include <curfew/queue.hpp>
#include <curfew/sleep.hpp>
#include <curfew/spawn.hpp>
#include <curfew/tasks.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <curfew/with_task_group.hpp>
#include <functional>
#include <iostream>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

struct shop {
  curfew::mutex stock;
  curfew::queue<int> payments;
};

awaitable<void> order(shop& here) {
  auto const lock = co_await here.stock.lock();
  co_await here.payments.pop();
}

awaitable<void> sell(curfew::task_group& group, shop& here) {
  group.spawn({"order"}, order, std::ref(here));
  group.spawn({"order"}, order, std::ref(here));
  co_return;
}

awaitable<void> open_shop(shop& here) {
  co_await curfew::with_task_group(curfew::group_options().name("orders"), sell, std::ref(here));
}

awaitable<void> close_shop(curfew::task<void> shop) {
  co_await curfew::sleep_for(8h);
  bool const closed = co_await curfew::move_on_after(shop.wait(), 15min);
  if (!closed) shop.cancel({"it is late"});
}

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  shop here;
  auto const open = curfew::spawn(context, {"shop"}, open_shop, std::ref(here));
  auto const closing = curfew::spawn(context, {"evening"}, close_shop, open);
  time.advance(8h + 5min);

  //! [tasks]
  for (auto const& task : curfew::tasks(context))
    if (task.waits_for && task.waits_for->lasted > 1h)
      std::cout << task.name << " has waited for the " << task.waits_for->what << " for "
                << task.waits_for->lasted / 1h << " hours\n";
  //! [tasks]

  //! [dump]
  curfew::dump_tasks(context, std::cout);  // `run` does so on SIGUSR1
  //! [dump]

  time.run();
}
