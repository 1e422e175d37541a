// Includes what the rivals need, in the spelling that each supported Boost understands.

#pragma once

#include "support.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/parallel_group.hpp>

#if BENCH_HAS_CANCEL_AFTER
#include <boost/asio/cancel_after.hpp>
#endif

namespace bench {

/// Starts `operation` with the given slot. Before Boost 1.86 a slot cannot be bound to `deferred`.
template <class Ex, class Operation>
auto with_slot(Operation operation, asio::cancellation_slot slot) {
#if BENCH_HAS_CANCEL_AFTER
  return std::move(operation)(asio::bind_cancellation_slot(slot, asio::deferred));
#else
  return std::move(operation)(asio::bind_cancellation_slot(slot, asio::use_awaitable_t<Ex>()));
#endif
}

}  // namespace bench
