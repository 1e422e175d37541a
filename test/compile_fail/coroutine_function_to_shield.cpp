// expect: curfew: this is no operation.
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<int> answer();

auto use() { return curfew::shield(answer); }
