// expect: curfew: 
#include <boost/asio.hpp>
#include <curfew/spawn.hpp>

auto use(boost::asio::steady_timer& timer) {
  return curfew::spawn(timer.get_executor(), timer.async_wait(boost::asio::deferred));
}
