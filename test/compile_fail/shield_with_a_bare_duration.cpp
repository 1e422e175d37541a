// expect: curfew: for how long a shield holds requests back is said as grace{5s}
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

auto use(asio::awaitable<int> op) { return curfew::shield(std::move(op), 5s); }
