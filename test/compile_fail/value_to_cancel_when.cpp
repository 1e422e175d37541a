// expect: curfew: this is no operation.
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

auto use(curfew::cancellation_token token) { return curfew::cancel_when(42, token); }
