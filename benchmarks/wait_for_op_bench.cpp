// wait_for_op: a limit that does not fire around one operation, also with many deadlines pending.

#include "rivals.hpp"
#include "rows.hpp"

#include <curfew/sleep.hpp>
#include <curfew/wait_for.hpp>

#include <memory>
#include <vector>

namespace bench {
namespace {

struct none {
  static constexpr auto name = "none";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) co_await yield(executor);
  }
};

#if BENCH_HAS_CANCEL_AFTER
struct by_cancel_after {
  static constexpr auto name = "cancel_after";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) {
      co_await asio::post(executor, asio::cancel_after(limit, asio::deferred));
    }
  }
};
#endif

struct by_parallel_group {
  static constexpr auto name = "parallel_group";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    timer<Ex> deadline(executor);
    while (operations-- > 0) {
      deadline.expires_after(limit);
      auto group = asio::experimental::make_parallel_group(yield(executor),
                                                           deadline.async_wait(asio::deferred));
      co_await group.async_wait(asio::experimental::wait_for_one(), asio::deferred);
    }
  }
};

struct by_hand {
  static constexpr auto name = "hand_written";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    timer<Ex> deadline(executor);
    asio::cancellation_signal signal;
    while (operations-- > 0) {
      deadline.expires_after(limit);
      deadline.async_wait([&signal](error_code error) {
        if (!error) signal.emit(asio::cancellation_type::terminal);
      });
      co_await with_slot<Ex>(yield(executor), signal.slot());
      deadline.cancel();
    }
  }
};

struct by_operator_or {
  static constexpr auto name = "operator_or";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    using namespace asio::experimental::awaitable_operators;
    timer<Ex> deadline(executor);
    while (operations-- > 0) {
      deadline.expires_after(limit);
      co_await (yield_coroutine(executor) || deadline.async_wait(asio::use_awaitable_t<Ex>()));
    }
  }
};

struct by_curfew {
  static constexpr auto name = "curfew";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) co_await curfew::wait_for(yield(executor), limit);
  }
};

/// Pending deadlines begin a second after the limit: near enough to lie beside it.
std::chrono::microseconds pending_delay(std::size_t index, std::size_t count) {
  constexpr auto spread = std::chrono::microseconds(60s);
  return limit + 1s + spread * (index * 7919 % count) / count;
}

[[maybe_unused]] void hold_timers(asio::io_context& context, std::size_t count) {
  auto timers = std::make_shared<std::vector<asio::steady_timer>>();
  timers->reserve(count);
  for (std::size_t index = 0; index < count; ++index) {
    auto& pending = timers->emplace_back(context, pending_delay(index, count));
    pending.async_wait([timers](error_code) {});
  }
}

void hold_deadlines(asio::io_context& context, std::size_t count) {
  for (std::size_t index = 0; index < count; ++index) {
    curfew::sleep_for(context.get_executor(), pending_delay(index, count))([](error_code) {});
  }
}

template <class Contender>
void add_pending(void (*hold)(asio::io_context&, std::size_t)) {
  for (std::size_t coroutines : {1u, 100u}) {
    for (std::size_t count : {0u, 1'000u, 100'000u, 1'000'000u}) {
      row what;
      what.name = std::string("wait_for_op/") + Contender::name +
                  "/C:" + std::to_string(coroutines) + "/pending:" + std::to_string(count);
      what.coroutines = coroutines;
      what.prepare = [hold, count](asio::io_context& context) { hold(context, count); };
      add_timed_row<Contender, any_executor>(what)->Iterations(2);
    }
  }
}

bool register_rows() {
  row what;
  what.count_allocations = true;
#if BENCH_HAS_CANCEL_AFTER
  add_contenders<by_cancel_after>("wait_for_op", what);
  add_pending<by_cancel_after>(hold_timers);
#endif
  add_pending<by_curfew>(hold_deadlines);
  return add_contenders<none, by_parallel_group, by_hand, by_operator_or, by_curfew>("wait_for_op",
                                                                                     what);
}

bool const registered = register_rows();

}  // namespace
}  // namespace bench
