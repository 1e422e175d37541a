#include <curfew/cancellation_source.hpp>
#include <span>

namespace curfew {

cancellation_source::cancellation_source() : state_(detail::token_state::make()) {}

cancellation_source::cancellation_source(cancellation_token const& parent) {
  auto const& state = detail::token_access::state_of(parent);
  state_ = detail::token_state::make(std::span(&state, state ? 1U : 0U));
}

bool cancellation_source::cancel(cancellation_reason reason) {
  auto const kept = state_;  // a callback may destroy this source
  return kept->cancel(std::move(reason));
}

}  // namespace curfew
