#ifndef CURFEW_IMPL_RUN_HPP
#define CURFEW_IMPL_RUN_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <concepts>
#include <curfew/detail/run_driver.hpp>
#include <curfew/impl/spawn.hpp>
#include <curfew/run_options.hpp>
#include <curfew/shutdown_control.hpp>
#include <curfew/task.hpp>
#include <type_traits>
#include <utility>

namespace curfew::detail {

/// The main coroutine of a run with its handle of the shutdown, which lives as long.
template <class F>
class main_body {
 public:
  static constexpr past_limit if_past() noexcept { return past_limit::interrupts; }

  main_body(F&& f, shutdown_control control) : f_(std::move(f)), control_(std::move(control)) {}

  auto operator()(no_handle&) {
    if constexpr (std::is_invocable_v<F&, shutdown_control&>)
      return std::invoke(f_, control_);
    else
      return std::invoke(f_);
  }

 private:
  F f_;
  shutdown_control control_;
};

template <class F>
constexpr void require_main() {
  constexpr bool callable = std::is_invocable_v<F&, shutdown_control&> || std::is_invocable_v<F&>;
  static_assert(callable,
                "curfew: the main coroutine of run is called as main(shutdown_control&) or main()");
  if constexpr (callable) {
    using made = decltype(std::declval<main_body<F>&>()(std::declval<no_handle&>()));
    static_assert(awaitable_operation<made>,
                  "curfew: the main function of run must be a coroutine: one that returns "
                  "asio::awaitable<void> or asio::awaitable<int>");
    if constexpr (awaitable_operation<made>) {
      using value = typename awaitable_traits<made>::value_type;
      static_assert(std::is_void_v<value> || std::is_same_v<value, int>,
                    "curfew: the main coroutine of run returns nothing or an int, which is the "
                    "exit code");
    }
  }
}

/// Throws: several threads, and the main coroutine's executor type holds no strand.
[[noreturn]] CURFEW_EXPORT void throw_no_strand();

/// Where the main coroutine runs: on a strand where several threads run the context.
template <class Executor>
Executor main_executor(boost::asio::io_context& context, unsigned threads) {
  using plain = boost::asio::io_context::executor_type;
  static_assert(std::is_convertible_v<plain, Executor> ||
                    std::is_convertible_v<boost::asio::strand<plain>, Executor>,
                "curfew: the executor type of run's main coroutine cannot be made from that of an "
                "io_context");
  if constexpr (std::is_convertible_v<boost::asio::strand<plain>, Executor>) {
    if (threads > 1 || !std::is_convertible_v<plain, Executor>)
      return boost::asio::make_strand(context);
  } else if (threads > 1) {
    throw_no_strand();
  }
  if constexpr (std::is_convertible_v<plain, Executor>) return context.get_executor();
}

/// What `run` returns, and what it throws in the end.
struct run_result {
  int exit_code = 0;
  std::exception_ptr error;
};

/// How a run ended whose main coroutine has, or has been left behind.
template <class T>
run_result result_of(task<T> const& main, bool all_ended) {
  if (!main.done()) return {1, nullptr};
  auto const& how = main.result();
  bool const by_shutdown = is_aborted(how) && main.reason();
  int const left = all_ended ? 0 : 1;
  if (!how.has_value()) return {left, by_shutdown ? nullptr : how.error()};
  if constexpr (std::is_void_v<T>)
    return {left, nullptr};
  else
    return {how.value() != 0 ? how.value() : left, nullptr};
}

template <class F>
int run_on(boost::asio::io_context& context, F&& f, run_options const& options) {
  static_assert((require_main<std::decay_t<F>>(), true));  // before what would fail for the same
  using body = main_body<std::decay_t<F>>;
  auto const driver = run_driver::make(context, options);
  body main(std::decay_t<F>(std::forward<F>(f)), control_access::make(driver->state()));
  auto const executor = main_executor<body_executor<body>>(context, options.threads());
  auto const task = spawn_body(executor, driver->group(), spawn_options("main", options.where()),
                               std::move(main));
  driver->start(task_access::core_of(task));
  driver->loop();
  auto const result = result_of(task, driver->all_ended());
  driver->conclude(result.exit_code, result.error != nullptr);
  if (result.error) std::rethrow_exception(result.error);
  return result.exit_code;
}

}  // namespace curfew::detail

#endif
