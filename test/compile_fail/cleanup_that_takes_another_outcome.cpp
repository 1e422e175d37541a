// expect: curfew: a cleanup is called as cleanup(outcome<T> const&) or cleanup(), where T is what the operation gives; this one cannot be
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

auto use(asio::awaitable<int> op) {
  return curfew::finally(std::move(op), [](curfew::outcome<void> const&) {});
}
