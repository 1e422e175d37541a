// expect: curfew: a cancellation callback is called as f(cancellation_reason const&) or f(); this one cannot be
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

auto use(curfew::cancellation_token token) {
  return token.on_cancel([](boost::system::error_code) {});
}
