#ifndef CURFEW_DETAIL_HANDLER_EXECUTOR_HPP
#define CURFEW_DETAIL_HANDLER_EXECUTOR_HPP

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/executor.hpp>
#include <boost/asio/execution/occupancy.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/is_executor.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/system_executor.hpp>
#include <type_traits>

// The executor of `use_future`, by whose type alone it is known; its context says nothing. Were it
// named otherwise in some Boost, a future without an executor would run on the system's there.
namespace boost::asio::detail {
template <typename T, typename Blocking>
class promise_executor;
}

namespace curfew::detail {

/// Stands where the caller of an operation gave no executor.
struct no_executor {};

/// What Asio takes where there is none: the system's executor, or from Boost 1.88 an inline one.
using default_executor = boost::asio::associated_executor_t<no_executor>;

template <class Executor>
inline constexpr bool is_systems = std::is_same_v<Executor, default_executor>;
template <class Blocking, class Relationship, class Allocator>
inline constexpr bool
    is_systems<boost::asio::basic_system_executor<Blocking, Relationship, Allocator>> = true;

template <class T, class Blocking>
inline constexpr bool is_systems<boost::asio::detail::promise_executor<T, Blocking>> = true;

/// Whether a handler has an executor of its own. One of Asio's system executor's kind, as that of
/// `use_future`, is none: it would run on threads that nobody here asked for.
template <class Handler>
inline constexpr bool has_executor =
    !std::is_same_v<boost::asio::associated_executor_t<Handler, no_executor>, no_executor> &&
    !is_systems<boost::asio::associated_executor_t<Handler, no_executor>>;

/// Lets a limit around an operation know by which executor that goes, through what is around its
/// handler: to ask for the associated one with this as candidate is how Asio's operations do so.
template <class Handler, class Executor>
void offer_to(Handler const& handler, Executor const& executor) noexcept {
  (void)boost::asio::get_associated_executor(handler, executor);
}

/// The executor of a handler, else the one that the caller gave; a limit around that has none
/// learns of that one.
template <class Handler, class Given>
auto executor_of(Handler const& handler, Given const& given) noexcept {
  static_assert(has_executor<Handler> || !std::is_same_v<Given, no_executor>,
                "curfew: this completion handler has no executor of its own (a bare callback, "
                "use_future, detached): give one first, as in sleep_for(executor, limit), or bind "
                "one with asio::bind_executor");
  if constexpr (has_executor<Handler>) {
    return boost::asio::get_associated_executor(handler);
  } else {
    offer_to(handler, given);
    return given;
  }
}

/// The executor of an operation's handler, kept beside it only where the handler has none.
template <class Handler, class Executor, bool own = has_executor<Handler>>
struct executor_beside {
  explicit executor_beside(Executor const&) noexcept {}
  Executor of(Handler const& handler) const noexcept {
    return boost::asio::get_associated_executor(handler);
  }
};
template <class Handler, class Executor>
struct executor_beside<Handler, Executor, false> {
  explicit executor_beside(Executor const& executor) : kept(executor) {}
  Executor of(Handler const&) const noexcept { return kept; }
  Executor kept;
};

template <class Executor>
boost::asio::execution_context& context_of(Executor const& executor) noexcept {
  if constexpr (boost::asio::can_query_v<Executor, boost::asio::execution::context_t>)
    return boost::asio::query(executor, boost::asio::execution::context);
  else
    return executor.context();  // an executor of Asio's older kind
}

template <class T>
concept executor = boost::asio::is_executor<T>::value || boost::asio::execution::is_executor_v<T>;

template <class T>
concept executor_or_context = executor<std::remove_cvref_t<T>> ||
                              (std::is_convertible_v<T&, boost::asio::execution_context&> &&
                               requires(T& context) { context.get_executor(); });

/// Whether it is that of a pool of threads, which may run at a time what goes by it.
template <class Executor>
inline constexpr bool is_pools =
    boost::asio::can_query_v<Executor const&, boost::asio::execution::occupancy_t> &&
    !requires(Executor const& executor) { executor.get_inner_executor(); };

/// Where a coroutine is spawned that runs under a limit: on a strand of its own, in place of a
/// pool.
template <class Awaitable, class Executor>
auto spawned_on(Executor const& executor) {
  if constexpr (is_pools<Executor>) {
    auto strand = boost::asio::make_strand(executor);
    using wanted = typename Awaitable::executor_type;
    if constexpr (std::is_convertible_v<decltype(strand), wanted>)
      return strand;
    else
      return executor;
  } else {
    return executor;
  }
}

/// The executor that the caller named, itself or by its context.
template <executor_or_context Where>
auto executor_from(Where& where) {
  if constexpr (executor<std::remove_cvref_t<Where>>)
    return where;
  else
    return where.get_executor();
}

}  // namespace curfew::detail

#endif
