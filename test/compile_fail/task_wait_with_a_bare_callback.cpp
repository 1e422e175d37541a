// expect: curfew: this completion handler has no executor of its own (a bare callback, use_future, detached): give one first
#include <boost/asio.hpp>
#include <curfew/task.hpp>

void use(curfew::task<int> const& t) {
  t.wait()([](boost::system::error_code) {});
}
