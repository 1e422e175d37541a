// Who is first when two things happen at one instant? Both, each in a run of its own.

#include <boost/asio.hpp>
#include <curfew/event.hpp>
#include <curfew/gather.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/permute_same_tick.hpp>
#include <iostream>
#include <map>
#include <string>

namespace asio = boost::asio;
using namespace std::chrono_literals;

//! [permute_same_tick]
std::map<std::string, int> seen;

asio::awaitable<void> arrive(std::string& order, char who) {
  co_await curfew::sleep_for(1s);
  order += who;
}

asio::awaitable<void> three_arrive_at_once() {
  std::string order;
  co_await curfew::gather(arrive(order, 'a'), arrive(order, 'b'), arrive(order, 'c'));
  ++seen[order];
}

int main() {
  auto const tried = curfew::testing::permute_same_tick(three_arrive_at_once);
  std::cout << tried.runs << " orders, " << (tried.all ? "all" : "not all") << " there are\n";
  for (auto const& [order, times] : seen) std::cout << order << ' ';
  std::cout << '\n';
  //! [permute_same_tick]

  //! [options]
  // What a failure has printed runs one order alone; and a thousand at random, from a seed.
  using curfew::testing::permute_options;
  seen.clear();
  curfew::testing::permute_same_tick(three_arrive_at_once, permute_options().replay("2 1"));
  std::cout << seen.begin()->first << '\n';
  curfew::testing::permute_same_tick(three_arrive_at_once,
                                     permute_options().all_up_to(0).samples(1000).seed(7));
  std::cout << seen.size() << '\n';
  //! [options]
}
