#ifndef CURFEW_IMPL_SCOPE_BODY_HPP
#define CURFEW_IMPL_SCOPE_BODY_HPP

#include <boost/asio/awaitable.hpp>
#include <curfew/detail/asking_regions.hpp>
#include <curfew/detail/kept_arguments.hpp>
#include <curfew/operation.hpp>
#include <curfew/timeout_scope.hpp>
#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>

/// \file
/// What a scope, a group or a task runs.

namespace curfew::detail {

/// What a limit that has passed already does to a body.
enum class past_limit { refuses, interrupts, is_ignored };

/// That of an operation, for which it does not matter where there is nothing to wait for.
template <class Op>
past_limit past_limit_of(Op const& op) noexcept {
  return is_ready(op) ? past_limit::is_ignored : past_limit::refuses;
}

/// An operation as a body.
template <class Op>
class awaited {
  using traits = awaitable_traits<Op>;

 public:
  using value_type = typename traits::value_type;

  explicit awaited(Op&& op) : op_(std::move(op)) {}
  past_limit if_past() const noexcept { return past_limit_of(op_); }
  template <class Handle>
  boost::asio::awaitable<value_type, typename traits::executor_type> operator()(Handle&&) {
    return std::move(op_);
  }

 private:
  Op op_;
};

/// What stands for a handle where there is none is not passed to a function that would take
/// anything.
template <class Handle, class F, class... Args>
concept takes_handle =
    !std::is_same_v<Handle, no_handle> && std::is_invocable_v<F&, Handle&, Args&&...>;

/// A coroutine function with its arguments: it starts in any case, and is interrupted where it
/// first waits.
template <class Handle, class F, class... Args>
class called {
  static auto invoke(F& f, Handle& handle, Args&... args) {
    if constexpr (takes_handle<Handle, F, Args...>)
      return std::invoke(f, handle, std::move(args)...);
    else
      return std::invoke(f, std::move(args)...);
  }

 public:
  using awaitable_type =
      decltype(invoke(std::declval<F&>(), std::declval<Handle&>(), std::declval<Args&>()...));
  static constexpr past_limit if_past() noexcept { return past_limit::interrupts; }

  template <class... As>
  explicit called(std::in_place_t, As&&... all) : all_(std::forward<As>(all)...) {}

  awaitable_type operator()(Handle& handle) {
    return std::apply([&](F& f, Args&... args) { return invoke(f, handle, args...); }, all_);
  }

 private:
  std::tuple<F, Args...> all_;
};

template <class Handle, class F, class... Args>
concept coroutine_function =
    (takes_handle<Handle, F, Args...> || std::is_invocable_v<F&, Args&&...>) &&
    awaitable_operation<typename called<Handle, F, Args...>::awaitable_type>;

template <class Handle, class F, class... Args>
constexpr bool keeps_arguments() {
  using known = typename parameters_of<F>::type;
  if constexpr (std::is_void_v<known>)
    return true;
  else if constexpr (std::is_member_function_pointer_v<F>)
    return true;  // the first argument is the object, or a pointer to it
  else if constexpr (takes_handle<Handle, F, Args...>)
    return rest_refers_to_kept(known(), parameters<Args...>());
  else
    return all_refer_to_kept(known(), parameters<Args...>());
}

/// Says at compile time why something cannot be the body of a scope.
template <class Handle, class F, class... Args>
constexpr void require_body() {
  constexpr bool callable = takes_handle<Handle, F, Args...> || std::is_invocable_v<F&, Args&&...>;
  static_assert(callable || !std::is_same_v<Handle, timeout_scope>,
                "curfew: the body of a scope is called as f(timeout_scope&, args...) or "
                "f(args...), with decayed copies of the arguments; this one cannot be");
  static_assert(callable || std::is_same_v<Handle, timeout_scope>,
                "curfew: the body of a group is called as f(task_group&, args...), what start runs "
                "as f(task_started<R>&, args...), either and a task also as f(args...), with "
                "decayed copies of the arguments; this one cannot be");
  if constexpr (callable) {
    static_assert(coroutine_function<Handle, F, Args...>,
                  "curfew: the body of a scope, a group or a task must be a coroutine function: "
                  "one that returns asio::awaitable<...>");
    static_assert(keeps_arguments<Handle, F, Args...>(),
                  "curfew: an argument would be converted for a parameter that is a reference, and "
                  "the converted object is gone before the coroutine looks at it. Pass it in the "
                  "parameter's type, as in timeout(limit, f, std::string(\"name\")), or take it by "
                  "value");
  }
}

template <class Body, class Handle>
using body_traits = awaitable_traits<decltype(std::declval<Body&>()(std::declval<Handle&>()))>;

/// A body that waits for nothing itself: the results are those of the children that it starts.
template <class Body>
concept starts_children = requires(Body& body) { body.results(); };
template <class Body, class Handle>
struct body_value {
  using type = void;
};
template <class Body, class Handle>
  requires(!starts_children<Body>)
struct body_value<Body, Handle> {
  using type = typename body_traits<Body, Handle>::value_type;
};

}  // namespace curfew::detail

#endif
