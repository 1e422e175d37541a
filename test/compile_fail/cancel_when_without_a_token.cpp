// expect: curfew: cancel_when takes a cancellation_token
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

auto use(asio::awaitable<int> op) { return curfew::cancel_when(std::move(op), 42); }
