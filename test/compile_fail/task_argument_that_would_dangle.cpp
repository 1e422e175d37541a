// expect: an argument would be converted for a parameter that is a reference
#include <boost/asio.hpp>
#include <curfew/spawn.hpp>
#include <string>

boost::asio::awaitable<void> body(std::string const& name);

auto use(boost::asio::io_context& context) {
  return curfew::spawn(context, {"name"}, body, "a literal");
}
