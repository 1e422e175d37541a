// expect: curfew: this is no operation.
// expect: For a coroutine function use timeout(limit, f, args...), or call it: wait_for(f(), limit)
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<int> answer();

auto use() { return curfew::wait_for(answer, 5s); }
