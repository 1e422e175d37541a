// expect: curfew: the body of a scope is called as f(timeout_scope&, args...) or f(args...), with decayed copies of the arguments; this one cannot be
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<int> twice(int);

auto use() { return curfew::timeout(5s, twice, "no number"); }
