#ifndef CURFEW_DETAIL_COMPLETION_HPP
#define CURFEW_DETAIL_COMPLETION_HPP

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <curfew/detail/init_argument.hpp>
#include <curfew/detail/result_traits.hpp>
#include <tuple>
#include <type_traits>
#include <utility>

namespace curfew::detail {

template <class Signature>
struct signature_traits;
template <class R, class... Args>
struct signature_traits<R(Args...)> {
  using tuple = std::tuple<std::decay_t<Args>...>;
};
template <class R, class... Args>
struct signature_traits<R(Args...)&> : signature_traits<R(Args...)> {};
template <class R, class... Args>
struct signature_traits<R(Args...) &&> : signature_traits<R(Args...)> {};
template <class R, class... Args>
struct signature_traits<R(Args...) noexcept> : signature_traits<R(Args...)> {};

template <class Op>
using signature_of = typename boost::asio::completion_signature_of<std::decay_t<Op>>::type;

/// What a deferred operation completes with, as one tuple.
template <class Op>
using completion_tuple = typename signature_traits<signature_of<Op>>::tuple;

/// The operation as one that completes with that tuple.
template <class Op>
auto as_results(Op&& op) {
  return adaptable<signature_of<Op>>(std::forward<Op>(op))(
      boost::asio::as_tuple(boost::asio::deferred));
}

template <class... Ts>
struct packed {
  using type = std::tuple<Ts...>;
};
template <>
struct packed<> {
  using type = void;
};
template <class T>
struct packed<T> {
  using type = T;
};

template <class Tuple>
struct unpacked;
template <>
struct unpacked<std::tuple<>> : packed<> {};
template <class First, class... Rest>
struct unpacked<std::tuple<First, Rest...>>
    : std::conditional_t<is_error<First>, packed<Rest...>, packed<First, Rest...>> {};

/// What awaiting an operation gives that completes with this tuple: without the error, which is
/// thrown, and without a tuple around a single result.
template <class Tuple>
using unpacked_t = typename unpacked<Tuple>::type;

inline void throw_if(error_code const& error) {
  if (error) throw boost::system::system_error(error);
}
inline void throw_if(std::exception_ptr const& error) {
  if (error) std::rethrow_exception(error);
}

/// Throws the error of a tuple of results, or gives what is left of it.
template <class... Ts>
unpacked_t<std::tuple<Ts...>> unpack(std::tuple<Ts...>&& from) {
  using result = unpacked_t<std::tuple<Ts...>>;
  constexpr bool fails =
      sizeof...(Ts) != 0 && is_error<std::tuple_element_t<0, std::tuple<Ts..., int>>>;
  if constexpr (fails) throw_if(std::get<0>(from));
  if constexpr (!std::is_void_v<result>)
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return result(std::get<I + fails>(std::move(from))...);
    }(std::make_index_sequence<sizeof...(Ts) - fails>());
}

}  // namespace curfew::detail

#endif
