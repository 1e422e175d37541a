#ifndef CURFEW_GATHER_HPP
#define CURFEW_GATHER_HPP

#include <boost/asio/any_io_executor.hpp>
#include <curfew/detail/limit.hpp>
#include <curfew/impl/gather.hpp>
#include <source_location>
#include <utility>

namespace curfew {

/// Runs operations beside each other and gives all their values:
/// `auto all = co_await gather(user(id), orders(id), cart(id));`.
///
/// An operand is an awaitable, a deferred operation or a `task`, of which it then is the join.
/// \par Completes when
/// all have ended.
/// \returns `awaitable<std::tuple<Ts...>, Executor>` in the order of the arguments; for a range
/// `awaitable<std::vector<T>, Executor>`. An operation without a result gives a `std::monostate`.
/// The executor type is that of the first awaitable among them; where there is none,
/// `gather.on<Executor>(ops...)`, by default `any_io_executor`.
/// \par Cancellation
/// Goes to all, which are waited for. A task hears nothing of it: it is only joined.
/// \par Errors
/// The first failure cancels the others and is rethrown when they have ended; what fails after it
/// is dropped. A result that starts with an `error_code`, as `as_tuple` gives, counts as that
/// error; where all results do, they are given instead of thrown. Which operand it was the error
/// does not say: where that matters, let the operands throw errors that do, or take
/// `gather_settled`. `operation_aborted` when what encloses the call stopped one of them.
/// `errc::task_cancelled` for a task that was cancelled. `errc::invalid_state` for an empty
/// awaitable or handle.
/// \par Result
/// When one fails, the values of the others are destroyed: see `gather_settled`.
/// \par Thread safety
/// Distinct calls: safe. All run on the executor of the caller, or on that of their task.
/// \par Lifetime
/// The operations are kept; locals of the caller outlive them.
/// \par Example
/// \snippet gathering.cpp gather
/// \see `a && b` of Asio, which hides who failed and costs several times as much; `race`, `wait`;
/// `with_task_group` for a number that is not known before.
/// \par Source
/// Python's `asyncio.gather`, with the rule of Kotlin's `awaitAll` that a failure stops the others.
struct gather_fn {
  template <detail::single_operand... Ops>
  auto operator()(Ops&&... ops) const {
    return on<boost::asio::any_io_executor>(std::forward<Ops>(ops)...);
  }
  template <detail::range_of_operations Range>
  auto operator()(Range&& ops, std::source_location where = std::source_location::current()) const {
    return on<boost::asio::any_io_executor>(std::forward<Range>(ops), where);
  }
  /// For coroutines of another executor type than `any_io_executor`.
  template <class Executor, detail::single_operand... Ops>
  auto on(Ops&&... ops) const {
    (detail::require_operand<Ops>(), ...);
    using own_executor = detail::executor_for<Executor, Ops...>;
    constexpr auto rule = detail::gather_rule<detail::value_of<Ops>...>();
    if constexpr ((deferred_operation<Ops> && ...)) {
      using all = detail::listed_branches<std::decay_t<Ops>...>;
      return detail::gather_branches<own_executor, all>(
          rule, std::tuple<std::decay_t<Ops>...>(std::forward<Ops>(ops)...));
    } else {
      using children = detail::listed_children<own_executor, std::decay_t<Ops>...>;
      return detail::gather<own_executor>(rule, children({}, std::forward<Ops>(ops)...), {});
    }
  }
  /// \overload
  template <class Executor, detail::range_of_operations Range>
  auto on(Range&& ops, std::source_location where = std::source_location::current()) const {
    using op = std::ranges::range_value_t<Range>;
    using own_executor = detail::executor_for<Executor, op>;
    constexpr auto rule = detail::gather_rule<detail::value_of<op>>();
    auto all = detail::as_vector(std::forward<Range>(ops));
    if constexpr (deferred_operation<op>)
      return detail::gather_branches<own_executor, detail::ranged_branches<op>>(rule,
                                                                                std::move(all));
    else
      return detail::gather<own_executor>(
          rule, detail::ranged_children<own_executor, op>(where, std::move(all)), where);
  }
};

/// \copydoc gather_fn
inline constexpr gather_fn gather{};

/// Runs operations beside each other and says of each how it ended, as `gather` but that a failure
/// cancels nobody: `auto r = co_await gather_settled(2s, primary(), replica());`.
///
/// \returns A tuple of `outcome<T>`, or for a range a vector of them, in order.
/// \par Cancellation
/// Goes to all. What has not ended when the limit passes is cancelled and waited for; its outcome
/// then is `errc::timed_out`, unless it ended with a value or an error of its own all the same; in
/// its result, where that starts with an `error_code`.
/// \par Errors
/// `operation_aborted` when what encloses the call stopped one of them, and nothing else.
/// \par Units
/// Any `std::chrono` duration, counted from the await. When it has passed already, nothing starts.
/// \par Result
/// Never lost but to a cancellation of the caller.
/// \par Example
/// \snippet gathering.cpp settled
/// \see `settle` for one.
struct gather_settled_fn {
  template <detail::single_operand... Ops>
  auto operator()(Ops&&... ops) const {
    return on<boost::asio::any_io_executor>(never, std::forward<Ops>(ops)...);
  }
  template <detail::relative_limit Limit, detail::single_operand... Ops>
  auto operator()(Limit limit, Ops&&... ops) const {
    return on<boost::asio::any_io_executor>(limit, std::forward<Ops>(ops)...);
  }
  template <detail::range_of_operations Range>
  auto operator()(Range&& ops) const {
    return on<boost::asio::any_io_executor>(never, std::forward<Range>(ops));
  }
  template <detail::relative_limit Limit, detail::range_of_operations Range>
  auto operator()(Limit limit, Range&& ops) const {
    return on<boost::asio::any_io_executor>(limit, std::forward<Range>(ops));
  }
  /// For coroutines of another executor type than `any_io_executor`.
  template <class Executor, detail::single_operand... Ops>
  auto on(detail::duration_limit limit, Ops&&... ops) const {
    (detail::require_operand<Ops>(), ...);
    using own_executor = detail::executor_for<Executor, Ops...>;
    using children = detail::listed_children<own_executor, std::decay_t<Ops>...>;
    return detail::gather_settled<own_executor>(children(limit.where, std::forward<Ops>(ops)...),
                                                limit.value(), limit.where);
  }
  /// \overload
  template <class Executor, detail::range_of_operations Range>
  auto on(detail::duration_limit limit, Range&& ops) const {
    using op = std::ranges::range_value_t<Range>;
    using own_executor = detail::executor_for<Executor, op>;
    return detail::gather_settled<own_executor>(
        detail::ranged_children<own_executor, op>(limit.where,
                                                  detail::as_vector(std::forward<Range>(ops))),
        limit.value(), limit.where);
  }
};

/// \copydoc gather_settled_fn
inline constexpr gather_settled_fn gather_settled{};

}  // namespace curfew

#endif
