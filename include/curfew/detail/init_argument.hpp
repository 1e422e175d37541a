#ifndef CURFEW_DETAIL_INIT_ARGUMENT_HPP
#define CURFEW_DETAIL_INIT_ARGUMENT_HPP

#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/version.hpp>
#include <type_traits>
#include <utility>

namespace curfew::detail {

// Asio 1.27 and 1.28, of Boost 1.82 and 1.83, instantiate for `op(as_tuple(deferred))` how `op`
// would be copied, also where it is moved, and do not compile where it cannot be. So there what is
// kept in a deferred operation says that it can.
#if BOOST_ASIO_VERSION >= 102700 && BOOST_ASIO_VERSION < 102900

/// Who copies it all the same is told by the linker.
template <class T>
class cannot_be_copied : public T {
 public:
  explicit cannot_be_copied(T&& value) noexcept(std::is_nothrow_move_constructible_v<T>)
      : T(std::move(value)) {}
  cannot_be_copied(cannot_be_copied const&);  // nowhere defined
  cannot_be_copied(cannot_be_copied&&) = default;
  cannot_be_copied& operator=(cannot_be_copied const&) = delete;
  ~cannot_be_copied() = default;
};

/// An argument of an initiation, as a deferred operation keeps it.
template <class T>
decltype(auto) init_argument(T&& value) {
  using kept = std::decay_t<T>;
  if constexpr (std::is_copy_constructible_v<kept>)
    return std::forward<T>(value);
  else
    return cannot_be_copied<kept>(std::forward<T>(value));
}

template <class T>
T& given_argument(cannot_be_copied<T>& kept) noexcept {
  return kept;
}

struct initiate_kept {
  template <class Handler, class Op>
  void operator()(Handler handler, Op op) const {
    std::move(op)(std::move(handler));
  }
};

/// A deferred operation of this signature, as one that takes such tokens.
template <class Signature, class Op>
decltype(auto) adaptable(Op&& op) {
  if constexpr (std::is_copy_constructible_v<std::decay_t<Op>>)
    return std::forward<Op>(op);
  else
    return boost::asio::async_initiate<boost::asio::deferred_t const, Signature>(
        initiate_kept(), boost::asio::deferred, init_argument(std::forward<Op>(op)));
}

#else

template <class Signature, class Op>
Op&& adaptable(Op&& op) noexcept {
  return std::forward<Op>(op);
}

template <class T>
T&& init_argument(T&& value) noexcept {
  return std::forward<T>(value);
}

#endif

/// The same, as the initiation receives it.
template <class T>
T& given_argument(T& kept) noexcept {
  return kept;
}

}  // namespace curfew::detail

#endif
