#ifndef CURFEW_STOP_TOKEN_HPP
#define CURFEW_STOP_TOKEN_HPP

#include <curfew/cancellation_token.hpp>
#include <curfew/export.hpp>
#include <version>

// Some versions of libc++ have it with -fexperimental-library only; nothing else of curfew needs
// it.
#ifdef __cpp_lib_jthread
#include <stop_token>

namespace curfew {

/// A token that is cancelled when a stop is requested: a `std::jthread`'s token ends coroutines.
///
/// \par Errors
/// `std::bad_alloc`.
/// \par Thread safety
/// Safe. An operation is told on its own executor, whichever thread asked.
/// \par Lifetime
/// The result keeps what it needs; where nobody listens to it any more, nothing stays behind in
/// `stop`. A stop token without a state gives an empty token.
/// \par Example
/// \snippet jthread_bridge.cpp from_stop_token
/// \see `to_stop_token`, the other way round. The reason says `std::stop_token`, which knows none.
struct from_stop_token_fn {
  CURFEW_EXPORT cancellation_token operator()(std::stop_token stop) const;
};

/// \copydoc from_stop_token_fn
inline constexpr from_stop_token_fn from_stop_token{};

/// A stop token whose stop is requested when `token` is cancelled, for code that knows only those.
///
/// \par Errors
/// `std::bad_alloc`.
/// \par Thread safety
/// Safe. Stop callbacks run on the thread that cancels.
/// \par Lifetime
/// Once all sources and tokens of `token` are gone, no stop can be requested any more. Every call
/// for one source gives the same stop token. An empty token gives one that has no state.
/// \par Example
/// \snippet jthread_bridge.cpp to_stop_token
/// \see `from_stop_token`.
struct to_stop_token_fn {
  CURFEW_EXPORT std::stop_token operator()(cancellation_token const& token) const;
};

/// \copydoc to_stop_token_fn
inline constexpr to_stop_token_fn to_stop_token{};

}  // namespace curfew
#endif

#endif
