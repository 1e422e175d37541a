// expect: curfew: this completion handler has no executor of its own (a bare callback, use_future, detached): give one first
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

auto use(curfew::cancellation_token token) {
  return curfew::cancel_when(curfew::sleep_for(1s), token)(asio::use_future);
}
