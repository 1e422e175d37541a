// expect: curfew: retry
#include <boost/asio.hpp>
#include <curfew/retry.hpp>

namespace asio = boost::asio;

auto use(asio::awaitable<int> op) { return curfew::retry(curfew::retry_policy(), std::move(op)); }
