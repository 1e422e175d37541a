#ifndef CURFEW_DETAIL_KEPT_ARGUMENTS_HPP
#define CURFEW_DETAIL_KEPT_ARGUMENTS_HPP

#include <functional>
#include <tuple>
#include <type_traits>

namespace curfew::detail {

template <class... Ps>
struct parameters {};

/// The parameters of a callable, as far as its type tells them: not for overloaded and generic
/// ones.
template <class F>
struct parameters_of {
  using type = void;
};
template <class R, class... Ps>
struct parameters_of<R (*)(Ps...)> {
  using type = parameters<Ps...>;
};
template <class R, class C, class... Ps>
struct parameters_of<R (C::*)(Ps...)> {
  using type = parameters<Ps...>;
};
template <class R, class C, class... Ps>
struct parameters_of<R (C::*)(Ps...) const> {
  using type = parameters<Ps...>;
};
template <class F>
  requires requires { &F::operator(); }
struct parameters_of<F> : parameters_of<decltype(&F::operator())> {};

/// Whether a kept argument can be handed to a parameter as it is. Where it would have to be
/// converted for a reference, the converted object is gone before the coroutine looks at it.
template <class Parameter, class Kept>
inline constexpr bool refers_to_kept =
    !std::is_reference_v<Parameter> || std::is_same_v<std::remove_cvref_t<Parameter>, Kept> ||
    std::is_base_of_v<std::remove_cvref_t<Parameter>, Kept>;
template <class Parameter, class T>
inline constexpr bool refers_to_kept<Parameter, std::reference_wrapper<T>> = true;

template <class... Ps, class... Kept>
constexpr bool all_refer_to_kept(parameters<Ps...>, parameters<Kept...>) {
  if constexpr (sizeof...(Ps) == sizeof...(Kept))
    return (refers_to_kept<Ps, Kept> && ...);
  else
    return true;
}
/// The same where the first parameter is the scope.
template <class Scope, class... Ps, class... Kept>
constexpr bool rest_refers_to_kept(parameters<Scope, Ps...>, parameters<Kept...> kept) {
  return all_refer_to_kept(parameters<Ps...>(), kept);
}

}  // namespace curfew::detail

#endif
