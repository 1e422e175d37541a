// expect: curfew: this completion handler has no executor of its own (a bare callback, use_future, detached): give one first
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

void use(curfew::event& gate) {
  gate.wait()([](boost::system::error_code) {});
}
