#include <curfew/cancellation_token.hpp>

namespace curfew {

cancellation_token cancellation_token::any(cancellation_token const* tokens, std::size_t count) {
  std::vector<detail::token_ref> parents;
  parents.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    if (tokens[i].state_) parents.push_back(tokens[i].state_);
  if (parents.empty()) return {};
  if (parents.size() == 1) return cancellation_token(parents.front());
  return cancellation_token(detail::token_state::make(parents));
}

}  // namespace curfew
