// expect: curfew: this is no operation. An operation is an asio::awaitable, or what an Asio function returns for the token asio::deferred.
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

auto use() { return curfew::idle(5); }
