// expect: curfew: a cleanup is called as cleanup(outcome<T> const&) or cleanup()
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<void> roll_back();

auto use(asio::awaitable<int> op) { return curfew::finally(std::move(op), roll_back()); }
