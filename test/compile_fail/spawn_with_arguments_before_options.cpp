// expect: curfew: a function with arguments is spawned with options first
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;

asio::awaitable<void> work(int) { co_return; }

void use(asio::io_context& context) { curfew::spawn(context, work, 1); }
