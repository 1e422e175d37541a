#ifndef CURFEW_TEST_SUPPORT_HPP
#define CURFEW_TEST_SUPPORT_HPP

#include <boost/asio.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <curfew/curfew.hpp>
#include <curfew/detail/stack_table.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <exception>
#include <ostream>
#include <string>
#include <utility>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using boost::system::error_code;
using boost::system::system_error;

template <class T = void>
using awaitable = asio::awaitable<T>;

/// How something ended, for comparing and printing.
enum class end { value, timed_out, aborted, other };

inline std::ostream& operator<<(std::ostream& out, end e) {
  static char const* const names[] = {"value", "timed_out", "aborted", "other"};
  return out << names[static_cast<int>(e)];
}

inline end end_of(std::exception_ptr const& error) {
  if (!error) return end::value;
  if (curfew::is_timeout(error)) return end::timed_out;
  return curfew::is_cancellation(error) ? end::aborted : end::other;
}
inline end end_of(error_code error) {
  if (!error) return end::value;
  if (curfew::is_timeout(error)) return end::timed_out;
  return curfew::is_cancellation(error) ? end::aborted : end::other;
}

/// Awaits an expression and gives how it ended. Nothing is awaited in a catch block.
#define ENDS(expected, ...)                   \
  do {                                        \
    std::exception_ptr error_;                \
    try {                                     \
      (void)co_await __VA_ARGS__;             \
    } catch (...) {                           \
      error_ = std::current_exception();      \
    }                                         \
    BOOST_TEST(end_of(error_) == (expected)); \
  } while (false)

/// A context under virtual time that must be left clean: no deadline pending, no coroutine known.
class fixture {
 public:
  fixture() : time(context), stacks_before_(curfew::detail::count_stacks()) {}
  ~fixture() {
    BOOST_TEST(time.pending() == 0U);
    BOOST_TEST(curfew::detail::count_stacks() == stacks_before_);
  }

  /// Starts a coroutine as plain Asio does. What a function that is handed over has captured lives
  /// as long as its coroutine.
  template <class F>
  void start(F f) {
    asio::co_spawn(context, std::move(f),
                   asio::bind_cancellation_slot(signal.slot(), [this](std::exception_ptr error) {
                     ended = end_of(error);
                     exception = error;
                   }));
  }
  /// Runs one to its end, in no time. Its end must be `expected`.
  template <class F>
  void run(F&& f, end expected = end::value) {
    start(std::forward<F>(f));
    time.run();
    BOOST_REQUIRE(ended.has_value());
    BOOST_TEST(*ended == expected);
  }
  void cancel(asio::cancellation_type type = asio::cancellation_type::terminal) {
    signal.emit(type);
  }
  /// The virtual time that has passed.
  curfew::clock::duration elapsed() const { return time.now() - began_; }

  asio::io_context context{1};
  curfew::testing::virtual_time time;
  asio::cancellation_signal signal;
  std::optional<end> ended;
  std::exception_ptr exception;

 private:
  std::size_t stacks_before_;
  curfew::clock::time_point began_ = time.now();
};

/// Waits for `limit` in a coroutine of its own frame.
inline awaitable<> sleepy(curfew::clock::duration limit) { co_await curfew::sleep_for(limit); }

/// Both ways in which a body can run: in a coroutine that plain `co_spawn` started, and in one that
/// curfew runs.
template <class F>
awaitable<> in_scope(F f) {
  co_await curfew::timeout(curfew::never, f);
}

namespace std::chrono {
template <class Rep, class Period>
std::ostream& boost_test_print_type(std::ostream& out, duration<Rep, Period> const& d) {
  return out << duration_cast<nanoseconds>(d).count() << "ns";
}
}  // namespace std::chrono

#endif
