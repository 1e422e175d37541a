// expect: curfew: this is no operation.
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

auto use() { return curfew::shield(42, curfew::grace{5s}); }
