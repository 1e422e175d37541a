#ifndef CURFEW_TEST_INTEROP_KEYS_HPP
#define CURFEW_TEST_INTEROP_KEYS_HPP

#include "../support.hpp"

#include <curfew/detail/associated_stack.hpp>
#include <curfew/detail/stack_table.hpp>

// What identifies the coroutine that asks, and what curfew knows of it.

using curfew::detail::key_of;
using curfew::detail::region_stack;

template <class Executor = asio::any_io_executor>
asio::awaitable<void*, Executor> key() {
  auto const state = co_await asio::this_coro::cancellation_state;
  co_return key_of(state.slot());
}

/// An operation that completes at once with what a function says of its handler.
template <class Result, class F>
auto ask_handler(F f) {
  return asio::async_initiate<asio::deferred_t const, void(error_code, Result)>(
      [f](auto handler) {
        auto answer = f(handler);
        std::move(handler)(error_code(), answer);
      },
      asio::deferred);
}
inline auto handlers_key() {
  return ask_handler<void*>(
      [](auto const& handler) { return key_of(asio::get_associated_cancellation_slot(handler)); });
}
inline auto handlers_stack() {
  return ask_handler<region_stack*>(
      [](auto const& handler) { return curfew::detail::get_associated_stack(handler); });
}
inline awaitable<region_stack*> own_stack() {
  auto const state = co_await asio::this_coro::cancellation_state;
  co_return region_stack::find(state.slot());
}

#endif
