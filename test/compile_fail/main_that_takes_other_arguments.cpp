// expect: curfew: the main coroutine of run is called as main(shutdown_control&) or main()
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;

asio::awaitable<void> serve_all(int, char**) { co_return; }

int use() {
  asio::io_context context;
  return curfew::run(context, serve_all);
}
