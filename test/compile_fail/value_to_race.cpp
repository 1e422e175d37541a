// expect: curfew: this is no operation.
#include <boost/asio.hpp>
#include <curfew/race.hpp>

namespace asio = boost::asio;

auto use(asio::awaitable<int> op) { return curfew::race(std::move(op), 42); }
