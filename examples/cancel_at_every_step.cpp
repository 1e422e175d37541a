// A transfer that is asked to stop after each of its steps in turn: is every connection given back?

#include <boost/asio.hpp>
#include <curfew/finally.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/cancel_at_every_step.hpp>
#include <iostream>
#include <stdexcept>

namespace asio = boost::asio;
using namespace std::chrono_literals;

//! [cancel_at_every_step]
int connections_out = 0;

asio::awaitable<void> transfer() {
  auto const use = []() -> asio::awaitable<void> {
    ++connections_out;
    co_await curfew::sleep_for(20ms);  // the request
    co_await curfew::sleep_for(30ms);  // the answer
  };
  auto const give_back = []() -> asio::awaitable<void> {
    co_await curfew::sleep_for(1ms);
    --connections_out;
  };
  co_await curfew::finally(use(), give_back);
}

int main() {
  std::size_t stopped = 0;
  auto const steps = curfew::testing::cancel_at_every_step(transfer, [&](auto const& run) {
    if (connections_out > 0) throw std::logic_error("a connection was not given back");
    if (run.took > 1ms) throw std::logic_error("it went on after it was asked to stop");
    connections_out = 0;
    if (run.ended.cancelled()) ++stopped;
  });
  std::cout << "it stopped at some steps: " << (stopped > 0)
            << ", and was as good as done at others: " << (stopped < steps) << '\n';
  //! [cancel_at_every_step]

  //! [destroy_at_every_step]
  // A context that dies under it destroys its frames and runs none of it any more.
  auto const destroyed = curfew::testing::destroy_at_every_step(transfer);
  std::cout << "as many steps: " << (destroyed == steps) << '\n';
  //! [destroy_at_every_step]
}
