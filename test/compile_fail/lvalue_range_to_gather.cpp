// expect: curfew: operations can be awaited once, so hand the range over: std::move(ops)
#include <boost/asio.hpp>
#include <curfew/gather.hpp>
#include <vector>

namespace asio = boost::asio;

auto use(std::vector<asio::awaitable<int>>& ops) { return curfew::gather(ops); }
