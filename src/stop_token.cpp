#include <curfew/stop_token.hpp>

namespace curfew {

cancellation_token from_stop_token_fn::operator()(std::stop_token stop) const {
  // Without sources it is cancelled already, or never.
  if (!stop.stop_possible()) return {};
  return detail::token_access::token_of(detail::token_state::make(std::move(stop)));
}

std::stop_token to_stop_token_fn::operator()(cancellation_token const& token) const {
  auto const& state = detail::token_access::state_of(token);
  return state ? state->stop() : std::stop_token();
}

}  // namespace curfew
