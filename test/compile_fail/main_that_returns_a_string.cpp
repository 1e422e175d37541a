// expect: curfew: the main coroutine of run returns nothing or an int, which is the exit code
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <string>

namespace asio = boost::asio;

asio::awaitable<std::string> greet() { co_return "hello"; }

int use() { return curfew::run(greet); }
