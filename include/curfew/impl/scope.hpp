#ifndef CURFEW_IMPL_SCOPE_HPP
#define CURFEW_IMPL_SCOPE_HPP

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>
#include <curfew/detail/adopt.hpp>
#include <curfew/detail/asking_regions.hpp>
#include <curfew/detail/check.hpp>
#include <curfew/detail/limit.hpp>
#include <curfew/detail/result_traits.hpp>
#include <curfew/detail/scoped_region.hpp>
#include <curfew/impl/scope_body.hpp>
#include <optional>
#include <source_location>
#include <utility>

namespace curfew::detail {

/// Throws `operation_aborted`, by the exception that said so first where it is the same.
[[noreturn]] CURFEW_EXPORT void throw_aborted(std::exception_ptr const& error);

/// The results of children, or an error.
template <class Results>
struct collecting {
  using result = Results;
  static constexpr bool quiet = false;
};

/// Expiry is an error.
template <class T>
struct raising {
  using result = T;
  static constexpr bool quiet = false;
  template <class Value>
  static T value(Value&& from) {
    return std::forward<Value>(from);
  }
};

/// Expiry is an empty result.
template <class T>
struct moving_on {
  using result = std::optional<T>;
  static constexpr bool quiet = true;
  static result nothing() { return std::nullopt; }
  static result value(T&& from) { return std::move(from); }
};
template <>
struct moving_on<void> {
  using result = bool;
  static constexpr bool quiet = true;
  static bool nothing() noexcept { return false; }
};

/// How the body ended, by an exception or by a value that says it failed.
template <class T>
ending how_body_ended(ended<T> const& out) noexcept {
  if (out.error) return how_ended(out.error);
  if constexpr (carries_error<T>) return how_ended(*out.value);
  return ending::value;
}

/// Ends the scope by its deadline or by what asked from outside: as a value where the body's result
/// says errors so, else as an exception.
template <class Policy, class T>
typename Policy::result end_unsuccessfully(verdict decided, ended<T>& out) {
  if constexpr (Policy::quiet) {
    if (decided != verdict::aborted) return Policy::nothing();
  }
  // A quiet scope raises what others asked for: its caller looks at what is in the result, and
  // would take an abort there for the block's own.
  if constexpr (!Policy::quiet && carries_error<T>) {
    if constexpr (std::is_default_constructible_v<T>) {
      if (!out.value && !out.error) out.value.emplace();
    }
    if (out.value) {
      error_code const aborted = boost::asio::error::operation_aborted;
      set_error(*out.value, decided == verdict::timed_out ? errc::timed_out : aborted);
      return std::move(*out.value);
    }
  }
  if (decided == verdict::timed_out) std::rethrow_exception(out.error);
  throw_aborted(out.error);
}

/// What asks the block to stop, or keeps it from being asked.
struct by_deadline {
  using region = scoped_region;
  using handle = timeout_scope;
  limit given;
};

/// Opens the region; false, and decided, when the body does not start.
CURFEW_EXPORT bool open_region(scoped_region& scope, by_deadline const& by, past_limit if_past,
                               boost::asio::cancellation_state state, verdict& decided);

/// Whether a region can expire, and has an error for it.
template <class Region>
concept expires = requires(Region& region) { region.timed_out(); };

/// Whether the error of an expiry goes into the body's value, which there is or can be made.
template <class T>
bool says_expiry([[maybe_unused]] ended<T> const& out) noexcept {
  if constexpr (carries_error<T>)
    return !out.error && (out.value || std::is_default_constructible_v<T>);
  else
    return false;
}

/// A body in a region on the stack of the coroutine that runs it, and how it ended. What it is
/// given lives in the frame that it is in itself.
template <class Policy, class By, class Body>
class scope_run {
  using traits = body_traits<Body, typename By::handle>;

 public:
  using executor_type = typename traits::executor_type;
  using value_type = typename traits::value_type;

  scope_run(By const& by, Body& body, std::source_location const& where) noexcept
      : by_(by), body_(body), where_(where) {}

  /// Opens the region; false, and decided, when the body does not start.
  bool open(region_stack& stack, boost::asio::cancellation_state const& state) {
    auto& region = region_.emplace(stack, where_);
    return open_ = open_region(region, by_, body_.if_past(), state, decided);
  }
  auto start() {
    auto op = body_(region_->handle());
    require_awaitable(op.valid());
    return op;
  }
  /// Closes it and decides.
  void close(boost::asio::cancellation_state state) {
    if (open_) decided = region_->close(how_body_ended(out), state);
    if constexpr (!Policy::quiet && expires<typename By::region>) {
      if (decided == verdict::timed_out && !says_expiry(out)) out.error = region_->timed_out();
    }
    forget();
  }
  void forget() noexcept { region_.reset(); }

  ended<value_type> out;
  verdict decided = verdict::deliver;
  bool started = false;  ///< Where it is adopted.

 private:
  bool open_ = false;
  By const& by_;
  Body& body_;
  std::source_location const& where_;
  std::optional<typename By::region> region_;
};

/// A body in a region: in place, on the region stack of the coroutine that awaits it, or where that
/// has none in a coroutine of its own, with the same results.
template <class Policy, class By, class Body,
          class Executor = typename body_traits<Body, typename By::handle>::executor_type>
boost::asio::awaitable<typename Policy::result, Executor> run_scope(By by, Body body,
                                                                    std::source_location where) {
  namespace this_coro = boost::asio::this_coro;
  using T = typename body_traits<Body, typename By::handle>::value_type;

  scope_run<Policy, By, Body> run(by, body, where);
  auto const state = co_await this_coro::cancellation_state;
  if (auto* const stack = region_stack::find(state.slot())) {
    try {
      if (run.open(*stack, state)) {
        auto op = run.start();
        if constexpr (std::is_void_v<T>)
          co_await std::move(op);
        else
          run.out.value.emplace(co_await std::move(op));
      }
    } catch (...) {
      run.out.error = std::current_exception();
    }
    run.close(co_await this_coro::cancellation_state);
  } else {
    bool const refusing = co_await this_coro::throw_if_cancelled();
    co_await adopt(run, refusing, state);
    if (!run.started && !run.out.error) run.decided = verdict::aborted;
  }

  if (run.decided != verdict::deliver) co_return end_unsuccessfully<Policy>(run.decided, run.out);
  if (run.out.error) std::rethrow_exception(std::move(run.out.error));
  if constexpr (!std::is_void_v<T>)
    co_return Policy::value(std::move(*run.out.value));
  else if constexpr (!std::is_void_v<typename Policy::result>)
    co_return true;
}

/// The same for a coroutine function and its arguments.
template <template <class> class Policy, class F, class... Args>
auto run_called(limit given, std::source_location where, F&& f, Args&&... args) {
  static_assert((require_body<timeout_scope, std::decay_t<F>, std::decay_t<Args>...>(), true));
  using body = called<timeout_scope, std::decay_t<F>, std::decay_t<Args>...>;
  using value = typename body_traits<body, timeout_scope>::value_type;
  return run_scope<Policy<value>>(
      by_deadline{given}, body(std::in_place, std::forward<F>(f), std::forward<Args>(args)...),
      where);
}

/// The same for an awaitable.
template <template <class> class Policy, class Op>
auto run_awaited(limit given, std::source_location where, Op&& op) {
  require_awaitable(op.valid());
  using body = awaited<std::remove_cvref_t<Op>>;
  return run_scope<Policy<typename body::value_type>>(by_deadline{given}, body(std::move(op)),
                                                      where);
}

}  // namespace curfew::detail

#endif
