#include <curfew/clock.hpp>

#include <curfew/detail/deadline_service.hpp>

namespace curfew::detail {

clock::time_point now_of(boost::asio::execution_context& context) {
  return deadline_service::of(context).now();
}

}  // namespace curfew::detail
