// expect: curfew: the function would change a copy of an argument that nobody sees
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;

asio::awaitable<void> count(int& calls) {
  ++calls;
  co_return;
}

auto use(int& calls) { return curfew::retry(curfew::retry_policy(), count, calls); }
