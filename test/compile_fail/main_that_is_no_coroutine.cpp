// expect: curfew: the main function of run must be a coroutine: one that returns asio::awaitable<void> or asio::awaitable<int>
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

int use() {
  return curfew::run([](curfew::shutdown_control&) { return 0; });
}
