#ifndef CURFEW_TESTING_DETAIL_TEST_RUN_HPP
#define CURFEW_TESTING_DETAIL_TEST_RUN_HPP

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <concepts>
#include <cstddef>
#include <curfew/export.hpp>
#include <curfew/outcome.hpp>
#include <curfew/spawn.hpp>
#include <curfew/testing/detail/turn_executor.hpp>
#include <curfew/testing/detail/turn_queue.hpp>
#include <curfew/testing/run_test_options.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace curfew::testing::detail {

/// One run of one scenario: a context of its own under virtual time, and what is checked when it
/// has ended.
class CURFEW_TESTING_EXPORT test_run {
 public:
  explicit test_run(run_test_options const& options, chooser* order = nullptr);
  test_run(test_run const&) = delete;
  test_run& operator=(test_run const&) = delete;
  ~test_run();

  turn_executor executor() noexcept { return turn_executor(*turns_); }
  std::source_location const& where() const noexcept { return options_.where(); }
  virtual_time& time() noexcept { return *time_; }
  boost::asio::io_context& context() noexcept { return *context_; }

  /// Runs handlers and lets time pass until `done`.
  /// \throws system_error `errc::deadlock`, when that can never come. test_failure at the limit.
  void drive(std::function<bool()> const& done);
  /// One handler, or one instant; waits for what is real where that is all there is.
  /// \throws as `drive`
  void step();
  /// \throws test_failure What the scenario has left behind.
  void check_left_nothing();
  /// Destroys the context, and every frame in it. \throws test_failure Memory that is not freed.
  void destroy();
  /// The virtual time at which it was destroyed.
  clock::time_point ended_at() const noexcept { return ended_at_; }

 private:
  class hang_guard;

  void go_on();
  bool settle_background();
  bool wait_for_real(clock::duration limit);
  std::string left_behind();
  [[noreturn]] void fail_in_deadlock();
  void check_real_limit();

  run_test_options options_;
  std::size_t stacks_before_, blocks_before_;
  clock::time_point began_, ended_at_{};
  std::optional<boost::asio::io_context> context_;
  turn_queue* turns_;
  std::optional<virtual_time> time_;
  std::unique_ptr<hang_guard> guard_;
};

/// What a scenario, called with the time or without, gives.
template <class F>
auto call(F& scenario, virtual_time& time) {
  static_assert(std::invocable<F&, virtual_time&> || std::invocable<F&>,
                "a scenario is a coroutine function of (curfew::testing::virtual_time&) or of "
                "nothing that can be called more than once");
  if constexpr (std::invocable<F&, virtual_time&>)
    return scenario(time);
  else
    return scenario();
}
template <class Other>
struct scenario_value {
  static_assert(sizeof(Other) == 0, "a scenario returns asio::awaitable<T>");
};
template <class Made>
  requires std::is_convertible_v<
      Made, boost::asio::awaitable<typename curfew::detail::awaitable_traits<Made>::value_type>>
struct scenario_value<Made> {
  using type = typename curfew::detail::awaitable_traits<Made>::value_type;
};
template <class F>
using scenario_result = typename scenario_value<decltype(call(
    std::declval<F&>(), std::declval<virtual_time&>()))>::type;

/// A scenario that has been started, and what becomes of it.
template <class T>
class started {
  using kept = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

 public:
  /// `begin` is called when its task begins.
  template <class F>
  started(test_run& run, F& scenario, std::function<void()> begin = {})
      : begin_(std::move(begin)),
        task_(spawn(run.executor(), spawn_options("test", run.where()),
                    keep(call(scenario, run.time()), *this))) {}
  started(started const&) = delete;
  started& operator=(started const&) = delete;

  task<void> const& main() const { return task_; }
  bool done() const { return task_.done(); }
  /// \pre done
  outcome<T> take() {
    if (!task_.result().has_value()) return outcome<T>(task_.result().error());
    if constexpr (std::is_void_v<T>)
      return outcome<T>(std::in_place);
    else
      return outcome<T>(std::in_place, std::move(*value_));
  }

 private:
  static boost::asio::awaitable<void> keep(boost::asio::awaitable<T> op, started& into) {
    if (into.begin_) into.begin_();
    if constexpr (std::is_void_v<T>)
      co_await std::move(op);
    else
      into.value_.emplace(co_await std::move(op));
  }

  std::function<void()> begin_;
  std::optional<kept> value_;
  task<void> task_;
};

/// A run from the beginning to the end, with all that is checked then.
template <class F>
outcome<scenario_result<F>> run_to_end(test_run& run, F& scenario,
                                       std::function<void(task<void> const&)> const& disturb = {}) {
  auto ended = [&] {
    started<scenario_result<F>> test(run, scenario);
    if (disturb) disturb(test.main());
    run.drive([&] { return test.done(); });
    return test.take();
  }();
  // What failed by itself may leave what it likes: its error says more.
  if (ended.has_value() || disturb) run.check_left_nothing();
  run.destroy();
  return ended;
}

}  // namespace curfew::testing::detail

#endif
