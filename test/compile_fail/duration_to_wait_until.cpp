// expect: curfew: this function takes a time point; for a duration there is one that ends in _for or _after
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

auto use(asio::awaitable<int> op) { return curfew::wait_until(std::move(op), 5s); }
