#ifndef CURFEW_DETAIL_COROUTINE_EXECUTOR_HPP
#define CURFEW_DETAIL_COROUTINE_EXECUTOR_HPP

#include <boost/asio/any_io_executor.hpp>
#include <concepts>

namespace curfew::detail {

/// An executor type without the completion token that `as_default_on` put beside it: coroutines
/// are not of such a type.
template <class Executor>
struct without_default_token {
  using type = Executor;
};
template <template <class> class With, class Inner>
  requires std::derived_from<With<Inner>, Inner> &&
           requires { typename With<Inner>::default_completion_token_type; }
struct without_default_token<With<Inner>> : without_default_token<Inner> {};

template <class Object>
struct executor_of_object {
  using type = boost::asio::any_io_executor;
};
template <class Object>
  requires requires { typename Object::executor_type; }
struct executor_of_object<Object> : without_default_token<typename Object::executor_type> {};

/// The executor type of the coroutines that work on an I/O object.
template <class Object>
using coroutine_executor = typename executor_of_object<Object>::type;

}  // namespace curfew::detail

#endif
