// Events, semaphores, mutexes and queues: waits that can be cancelled and lose nothing.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <iostream>
#include <string>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

//! [event]
awaitable<void> racer(curfew::event& gate, std::string name) {
  co_await gate.wait();
  std::cout << name << " starts\n";
}

awaitable<void> starter(curfew::event& gate) {
  co_await curfew::sleep_for(1s);
  std::cout << "go\n";
  gate.set();
}
//! [event]

//! [semaphore]
awaitable<void> request(curfew::semaphore& connections, int number) {
  auto const permit = co_await connections.acquire();  // given back at the end of the block
  co_await curfew::sleep_for(1s);
  std::cout << "request " << number << " is done, " << connections.available() << " free\n";
}
//! [semaphore]

//! [mutex]
struct account {
  curfew::mutex lock;
  int balance = 100;
};

awaitable<void> withdraw(account& from, int amount) {
  auto const guard = co_await from.lock.lock();
  if (from.balance < amount) {
    std::cout << "refused: " << amount << '\n';
  } else {
    co_await curfew::sleep_for(1s);  // asks the bank; nobody else looks at the balance meanwhile
    from.balance -= amount;
    std::cout << "withdrawn: " << amount << '\n';
  }
}
//! [mutex]

//! [queue]
awaitable<void> produce(curfew::queue<std::string>& jobs) {
  for (auto const* job : {"wash", "dry", "iron"}) co_await jobs.push(job);  // waits for room
  jobs.close();
}

awaitable<void> consume(curfew::queue<std::string>& jobs) {
  try {
    for (;;) {
      auto const job = co_await curfew::wait_for(jobs.pop(), 1min);
      std::cout << job << '\n';
    }
  } catch (boost::system::system_error const& e) {
    if (e.code() == curfew::errc::queue_closed) std::cout << "all done\n";
  }
}
//! [queue]

int main() {
  curfew::event gate;
  curfew::semaphore connections(2);
  account shared;
  curfew::queue<std::string> jobs(1);

  asio::io_context context;
  curfew::testing::virtual_time time(context);
  auto const start = [&](awaitable<void> work) {
    asio::co_spawn(context, std::move(work), asio::detached);
  };

  start(racer(gate, "one"));
  start(racer(gate, "another"));
  start(starter(gate));
  time.run();

  for (int number = 1; number <= 4; ++number) start(request(connections, number));
  time.run();

  start(withdraw(shared, 70));
  start(withdraw(shared, 70));
  time.run();

  start(produce(jobs));
  start(consume(jobs));
  time.run();
}
