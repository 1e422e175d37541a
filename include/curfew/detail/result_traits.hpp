#ifndef CURFEW_DETAIL_RESULT_TRAITS_HPP
#define CURFEW_DETAIL_RESULT_TRAITS_HPP

#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>
#include <concepts>
#include <curfew/detail/verdict.hpp>
#include <curfew/error.hpp>
#include <exception>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace curfew::detail {

/// What a coroutine ended with: an error, or else a value.
template <class T>
struct ended {
  std::optional<T> value;
  std::exception_ptr error;
};
template <>
struct ended<void> {
  std::exception_ptr error;
};

// Where a result says that it failed: in itself, or in its first part.

inline ending how_ended(error_code const& error) noexcept {
  if (!error) return ending::value;
  return is_cancellation(error) ? ending::abort : ending::error;
}
inline ending how_ended(std::exception_ptr const& error) noexcept {
  if (!error) return ending::value;
  return is_cancellation(error) ? ending::abort : ending::error;
}
inline void set_error(error_code& in, error_code error) noexcept { in = error; }
inline void set_error(std::exception_ptr& in, error_code error) {
  in = std::make_exception_ptr(boost::system::system_error(error));
}

template <class T>
inline constexpr bool is_error = false;
template <>
inline constexpr bool is_error<error_code> = true;
template <>
inline constexpr bool is_error<std::exception_ptr> = true;

template <class T>
struct carrier : std::bool_constant<is_error<T>> {};
template <class First, class... Rest>
struct carrier<std::tuple<First, Rest...>> : carrier<First> {};
template <class First, class Second>
struct carrier<std::pair<First, Second>> : carrier<First> {};

/// Whether values of this type can say that they failed: an error, or a tuple that starts with one.
template <class T>
inline constexpr bool carries_error = carrier<T>::value;

template <class T>
  requires(carries_error<T> && !is_error<T>)
ending how_ended(T const& result) noexcept {
  return how_ended(std::get<0>(result));
}
template <class T>
  requires(carries_error<T> && !is_error<T>)
void set_error(T& in, error_code error) {
  set_error(std::get<0>(in), error);
}

/// The error that a value says, as an exception; null where it says none.
inline std::exception_ptr error_said_by(error_code const& error) noexcept {
  return error ? std::make_exception_ptr(boost::system::system_error(error)) : nullptr;
}
inline std::exception_ptr error_said_by(std::exception_ptr const& error) noexcept { return error; }
template <class T>
  requires(carries_error<T> && !is_error<T>)
std::exception_ptr error_said_by(T const& result) noexcept {
  return error_said_by(std::get<0>(result));
}

/// How a list of results of a completion handler ended: by its first.
inline ending how_all_ended() noexcept { return ending::value; }
template <class First, class... Rest>
ending how_all_ended(First const& first, Rest const&...) noexcept {
  if constexpr (carries_error<First>)
    return how_ended(first);
  else
    return ending::value;
}

template <class... Ts>
inline constexpr bool first_carries_error = false;
template <class First, class... Rest>
inline constexpr bool first_carries_error<First, Rest...> = carries_error<std::decay_t<First>>;

/// Whether a result of this type can be made up; none that a handler could change.
template <class T>
inline constexpr bool has_default =
    std::is_default_constructible_v<std::decay_t<T>> &&
    (!std::is_lvalue_reference_v<T> || std::is_const_v<std::remove_reference_t<T>>);

}  // namespace curfew::detail

#endif
