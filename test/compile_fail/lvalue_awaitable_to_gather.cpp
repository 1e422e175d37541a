// expect: curfew: an awaitable can be awaited only once, so hand it over: std::move(op)
#include <boost/asio.hpp>
#include <curfew/gather.hpp>

namespace asio = boost::asio;

auto use(asio::awaitable<int>& op) { return curfew::gather(op); }
