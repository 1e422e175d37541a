#ifndef CURFEW_RACE_HPP
#define CURFEW_RACE_HPP

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <curfew/detail/limit.hpp>
#include <curfew/impl/race.hpp>
#include <functional>
#include <ranges>
#include <source_location>
#include <utility>

namespace curfew {

/// Who won, and what became of all: `std::get<0>(r.results)` of a tuple, or `r.results[r.index]` of
/// a vector of `outcome`.
template <class Results>
struct race_result {
  std::size_t index;  ///< Of the winner.
  /// Of each operation in order, of the losers too: one that had a value in spite of the request to
  /// stop gives it here. What did not start is an outcome that says `operation_aborted`.
  Results results;

  /// The outcome of the winner, of a range.
  auto& winner()
    requires requires(Results& all) { all[0]; }
  {
    return results[index];
  }
};

/// The first to end, however it ends: `auto r = co_await race(read(a), read(b));`.
///
/// \par Completes when
/// one has ended and the others, which are cancelled by that, have ended as well.
/// \returns `awaitable<race_result<std::tuple<outcome<Ts>...>>, Executor>`; for a range a vector of
/// outcomes. Operands and the executor type are as for `gather`.
/// \par Cancellation
/// Goes to all, which are waited for.
/// \par Errors
/// `operation_aborted` when what encloses the call stopped it before there was a winner. One that
/// ends with a value or an error of its own in spite of that wins. The operations' own errors are
/// in their outcomes. `errc::invalid_state` for an empty range, an empty awaitable or handle.
/// \par Result
/// Never lost: what a loser had already, or ended with in spite of the request, perhaps a socket,
/// is in the results.
/// \par Thread safety
/// Distinct calls: safe.
/// \par Example
/// \snippet gathering.cpp race
/// \see `first_success` passes over failures. `wait_for` for a limit, which is no race.
struct race_fn {
  template <detail::single_operand... Ops>
  auto operator()(Ops&&... ops) const {
    return on<boost::asio::any_io_executor>(std::forward<Ops>(ops)...);
  }
  template <detail::range_of_operations Range>
  auto operator()(Range&& ops) const {
    return on<boost::asio::any_io_executor>(std::forward<Range>(ops));
  }
  /// For coroutines of another executor type than `any_io_executor`.
  template <class Executor, detail::single_operand... Ops>
  auto on(Ops&&... ops) const {
    return detail::race_listed<Executor>(detail::group_rule::first_end, "race",
                                         std::forward<Ops>(ops)...);
  }
  /// \overload
  template <class Executor, detail::range_of_operations Range>
  auto on(Range&& ops) const {
    return detail::race_ranged<Executor>(detail::group_rule::first_end, "race",
                                         std::forward<Range>(ops));
  }
};

/// \copydoc race_fn
inline constexpr race_fn race{};

/// The first to succeed, as `race` but that failures are passed over:
/// `auto r = co_await first_success(ask(one), ask(two));`.
///
/// \par Errors
/// When none succeeded: the failure if there is one, several as `exception_group` in the order of
/// the arguments. A result that starts with an `error_code`, as `as_tuple` gives, counts as that.
/// \par Example
/// \snippet gathering.cpp first_success
/// \see `staggered_race` starts them one after the other.
struct first_success_fn {
  template <detail::single_operand... Ops>
  auto operator()(Ops&&... ops) const {
    return on<boost::asio::any_io_executor>(std::forward<Ops>(ops)...);
  }
  template <detail::range_of_operations Range>
  auto operator()(Range&& ops) const {
    return on<boost::asio::any_io_executor>(std::forward<Range>(ops));
  }
  /// For coroutines of another executor type than `any_io_executor`.
  template <class Executor, detail::single_operand... Ops>
  auto on(Ops&&... ops) const {
    return detail::race_listed<Executor>(detail::group_rule::first_value, "first_success",
                                         std::forward<Ops>(ops)...);
  }
  /// \overload
  template <class Executor, detail::range_of_operations Range>
  auto on(Range&& ops) const {
    return detail::race_ranged<Executor>(detail::group_rule::first_value, "first_success",
                                         std::forward<Range>(ops));
  }
};

/// \copydoc first_success_fn
inline constexpr first_success_fn first_success{};

/// The first to succeed of attempts that start one after the other: the next when the delay has
/// passed, or at once when the one before has failed. For connecting to one of several addresses
/// (happy eyeballs), and for asking again before the first answer is there (hedged requests):
/// `auto r = co_await staggered_race(250ms, attempts);`.
///
/// \param attempts A range of coroutine functions that take no arguments, kept as copies.
/// \returns `awaitable<race_result<std::vector<outcome<T>>>, Executor>`, with the attempts that
/// were started.
/// \par Cancellation, Errors, Result
/// As for `first_success`. `errc::invalid_state`, thrown by the call, for an empty range.
/// \par Units
/// Any `std::chrono` duration; zero starts all at once.
/// \par Example
/// \snippet gathering.cpp staggered
/// \par Source
/// RFC 8305, Python's `asyncio.staggered.staggered_race`.
struct staggered_race_fn {
  template <std::ranges::input_range Range>
  auto operator()(detail::duration_limit delay, Range&& attempts) const {
    using attempt = std::ranges::range_value_t<Range>;
    detail::require_attempts<attempt>();
    using traits = detail::awaitable_traits<std::invoke_result_t<attempt&>>;
    std::vector<attempt> all;
    for (auto&& one : attempts) all.push_back(std::forward<decltype(one)>(one));
    detail::require_some(!all.empty(), "staggered_race");
    return detail::staggered_race<typename traits::executor_type, attempt,
                                  typename traits::value_type>(std::move(all), delay.value(),
                                                               delay.where);
  }
};

/// \copydoc staggered_race_fn
inline constexpr staggered_race_fn staggered_race{};

}  // namespace curfew

#endif
