// expect: curfew: this is no operation. An operation is an asio::awaitable, or what an Asio function returns for the token asio::deferred.
// expect: For a coroutine function use timeout(limit, f, args...), or call it: wait_for(f(), limit)
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

auto use() {
  return curfew::wait_for([](boost::system::error_code) {}, 5s);
}
