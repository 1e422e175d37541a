// expect: an argument would be converted for a parameter that is a reference

#include <curfew/timeout.hpp>
#include <string>

boost::asio::awaitable<void> body(std::string const& name);

boost::asio::awaitable<void> test() {
  co_await curfew::timeout(std::chrono::seconds(1), body, "a literal");
}
