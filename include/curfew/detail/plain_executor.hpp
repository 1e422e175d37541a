#ifndef CURFEW_DETAIL_PLAIN_EXECUTOR_HPP
#define CURFEW_DETAIL_PLAIN_EXECUTOR_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <type_traits>

namespace curfew::detail {

/// Calls `f` with an executor, or with that of an `io_context` where nothing else stands behind a
/// type-erased one: a function that is posted there takes one block of memory instead of two.
template <class Executor, class F>
void with_plain(Executor const& executor, F f) {
  if constexpr (std::is_same_v<Executor, boost::asio::any_io_executor>) {
    using plain = boost::asio::io_context::executor_type;
    if (auto const* const found = executor.template target<plain>()) return f(*found);
  }
  f(executor);
}

}  // namespace curfew::detail

#endif
