#ifndef CURFEW_CHECKPOINT_HPP
#define CURFEW_CHECKPOINT_HPP

#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <curfew/detail/associated_request.hpp>
#include <curfew/detail/handler_executor.hpp>
#include <curfew/detail/inline_depth.hpp>
#include <curfew/error.hpp>
#include <utility>

namespace curfew {

namespace detail {

struct initiate_checkpoint {
  template <class Handler>
  void operator()(Handler handler) const {
    auto const executor = executor_of(handler, no_executor());
    auto* const stack = get_associated_stack(handler);
    error_code error;
    if (stack && asked(handler, stack->deadlines().now()))
      error = boost::asio::error::operation_aborted;
    complete_inline(std::move(handler), executor, error);
  }
};

}  // namespace detail

/// A cancellation point for code that computes: `co_await checkpoint()`.
///
/// It costs no trip through the loop. In a coroutine that curfew runs it looks at the requests and
/// the deadlines around it itself, so that also a loop that never waits stops in time.
///
/// \par Completes when
/// it is awaited; every 64th in a row lets the loop run in between.
/// \par Completion signature
/// A deferred operation of `void(error_code)`.
/// \par Errors
/// `operation_aborted` when the coroutine was asked to stop, or a deadline around it has passed.
/// \par Thread safety
/// On the coroutine's own executor.
/// \par Example
/// \snippet operations.cpp checkpoint
/// \see `asio::post` gives way to others, and is no cancellation point of its own.
struct checkpoint_fn {
  auto operator()() const {
    return boost::asio::async_initiate<boost::asio::deferred_t const, void(error_code)>(
        detail::initiate_checkpoint(), boost::asio::deferred);
  }
};

/// \copydoc checkpoint_fn
inline constexpr checkpoint_fn checkpoint{};

}  // namespace curfew

#endif
