// expect: curfew: this function takes a duration; for a time point there is one that ends in _until or _at
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

auto use(asio::awaitable<int> op) {
  return curfew::finally(std::move(op), [] {}, curfew::clock::now());
}
