#ifndef CURFEW_IMPL_MOVE_ON_HPP
#define CURFEW_IMPL_MOVE_ON_HPP

#include <curfew/detail/completion.hpp>
#include <curfew/impl/scope.hpp>
#include <utility>

namespace curfew::detail {

/// A deferred operation as the body of a scope. It is awaited as a tuple, so that an error code
/// stays one.
template <class Op, class Executor>
class deferred_body {
 public:
  using tuple = completion_tuple<Op>;
  past_limit if_past() const noexcept { return past_limit_of(op_); }

  explicit deferred_body(Op&& op) : op_(std::move(op)) {}
  template <class Handle>
  boost::asio::awaitable<tuple, Executor> operator()(Handle&&) {
    return run(std::move(op_));
  }

 private:
  static boost::asio::awaitable<tuple, Executor> run(Op op) {
    co_return co_await as_results(std::move(op));
  }

  Op op_;
};

/// Expiry is an empty result; an error of the operation's own becomes an exception.
template <class Tuple>
struct moving_on_unpacked {
  using unpacked = unpacked_t<Tuple>;
  using result = typename moving_on<unpacked>::result;
  static constexpr bool quiet = true;
  static result nothing() { return moving_on<unpacked>::nothing(); }
  static result value(Tuple&& from) {
    if constexpr (std::is_void_v<unpacked>) {
      unpack(std::move(from));
      return true;
    } else {
      return unpack(std::move(from));
    }
  }
};

template <class Executor, class Op>
auto move_on(Op&& op, limit given, std::source_location where) {
  require_operation<Op>();
  if constexpr (awaitable_operation<Op>) {
    return run_awaited<moving_on>(given, where, std::move(op));
  } else {
    using body = deferred_body<std::decay_t<Op>, Executor>;
    return run_scope<moving_on_unpacked<typename body::tuple>>(
        by_deadline{given}, body(std::decay_t<Op>(std::forward<Op>(op))), where);
  }
}

}  // namespace curfew::detail

#endif
