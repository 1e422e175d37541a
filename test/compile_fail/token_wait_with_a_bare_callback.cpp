// expect: curfew: this completion handler has no executor of its own (a bare callback, use_future, detached): give one first
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

void use(curfew::cancellation_token token) {
  token.wait()([](boost::system::error_code) {});
}
