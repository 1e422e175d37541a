// expect: curfew: this is no operation.
#include <boost/asio.hpp>
#include <curfew/shield.hpp>
#include <curfew/task.hpp>

auto use(curfew::task<int> const& t) { return curfew::shield(t); }
