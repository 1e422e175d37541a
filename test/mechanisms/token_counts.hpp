#ifndef CURFEW_TEST_MECHANISMS_TOKEN_COUNTS_HPP
#define CURFEW_TEST_MECHANISMS_TOKEN_COUNTS_HPP

#include <cstddef>
#include <curfew/cancellation_token.hpp>
#include <curfew/detail/token_state.hpp>

/// What a token knows of: sources that are below it, and those who wait for it or have a callback.
inline std::size_t count_children(curfew::cancellation_token const& token) {
  return curfew::detail::token_access::state_of(token)->count_children();
}
inline std::size_t count_listeners(curfew::cancellation_token const& token) {
  return curfew::detail::token_access::state_of(token)->count_listeners();
}

#endif
