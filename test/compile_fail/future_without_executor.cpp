// expect: curfew: this completion handler has no executor of its own (a bare callback, use_future, detached): give one first, as in sleep_for(executor, limit), or bind one with asio::bind_executor
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

auto use() { return curfew::wait_for(curfew::sleep_for(1s), 5s)(asio::use_future); }
