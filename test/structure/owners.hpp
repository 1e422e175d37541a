#ifndef CURFEW_TEST_STRUCTURE_OWNERS_HPP
#define CURFEW_TEST_STRUCTURE_OWNERS_HPP

#include "../support.hpp"

#include <curfew/spawn.hpp>
#include <curfew/with_task_group.hpp>
#include <functional>
#include <iostream>
#include <list>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

/// A fixture whose coroutine is started as plain Asio does, or is a task. The results must be the
/// same.
class owner : public fixture {
 public:
  explicit owner(bool is_a_task) : is_a_task_(is_a_task) {}

  /// The function, and with it what its coroutine captured, lives as long as the fixture.
  template <class F>
  void start(F f) {
    ended.reset();
    exception = nullptr;
    auto const& kept = kept_.emplace_back(std::move(f));
    if (!is_a_task_) return fixture::start(kept);
    task_ = curfew::spawn(context, kept());
  }
  void settle() {
    time.settle();
    look();
  }
  /// Runs what was started to its end, which must be `expected`.
  void finish(end expected = end::value) {
    time.run();
    look();
    BOOST_REQUIRE(ended.has_value());
    BOOST_TEST(*ended == expected);
  }
  template <class F>
  void run(F f, end expected = end::value) {
    start(std::move(f));
    finish(expected);
  }
  /// Asks the coroutine to stop, at once.
  void ask() {
    if (is_a_task_)
      task_.cancel({"asked"});
    else
      cancel();
  }
  /// The same, from a handler of the context.
  void ask_and_settle() {
    asio::post(context, [this] { ask(); });
    settle();
  }

  bool is_a_task() const { return is_a_task_; }

 private:
  void look() {
    if (!is_a_task_ || !task_.done()) return;
    exception = task_.result().error();
    ended = end_of(exception);
  }

  std::list<std::function<awaitable<>()>> kept_;
  curfew::task<void> task_;
  bool is_a_task_;
};

/// A case that is run with either kind of owner.
#define EACH_OWNER(name)                                                \
  struct name##_for : owner {                                           \
    using owner::owner;                                                 \
    void test();                                                        \
  };                                                                    \
  BOOST_AUTO_TEST_CASE(name) {                                          \
    for (bool const is_a_task : {false, true}) {                        \
      BOOST_TEST_CONTEXT((is_a_task ? "in a task" : "in plain Asio")) { \
        name##_for(is_a_task).test();                                   \
      }                                                                 \
    }                                                                   \
  }                                                                     \
  void name##_for::test()

/// An error of somebody's own.
struct failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Held by locals and arguments: as many owners as before means that each was destroyed once.
using held = std::shared_ptr<std::string>;
inline held make_held() { return std::make_shared<std::string>("long enough to be on the heap"); }

inline awaitable<int> give(int value, curfew::clock::duration after, held = {}) {
  co_await curfew::sleep_for(after);
  co_return value;
}
inline awaitable<> fail(std::string what, curfew::clock::duration after, held = {}) {
  co_await curfew::sleep_for(after);
  throw failure(what);
}
inline awaitable<> fail_now(std::string what, held = {}) {
  throw failure(what);
  co_return;
}
/// Goes on until it is asked to stop, and writes down that it was.
inline awaitable<> until_asked(int& asked, held = {}) {
  std::exception_ptr error;
  try {
    co_await curfew::sleep_forever();
  } catch (...) {
    error = std::current_exception();
  }
  ++asked;
  std::rethrow_exception(error);
}

/// What an exception says, and each in a group: "a", "[a b]". Codes by their meaning.
inline std::string words_of(std::exception_ptr const& error) {
  if (!error) return "value";
  try {
    std::rethrow_exception(error);
  } catch (curfew::exception_group const& all) {
    std::string words;
    for (auto const& each : all.exceptions()) words += (words.empty() ? "" : " ") + words_of(each);
    return '[' + words + ']';
  } catch (system_error const& e) {
    if (curfew::is_cancellation(e.code())) return "aborted";
    if (curfew::is_timeout(e.code())) return "timed_out";
    if (e.code() == curfew::errc::task_cancelled) return "task_cancelled";
    if (e.code() == curfew::errc::group_closed) return "group_closed";
    if (e.code() == curfew::errc::deadlock) return "deadlock";
    if (e.code() == curfew::errc::invalid_state) return "invalid_state";
    return e.code().message();
  } catch (std::exception const& e) {
    return e.what();
  } catch (...) {
    return "?";
  }
}

/// Awaits an expression and gives what `words_of` says of its end.
#define SAYS(expected, ...)                     \
  do {                                          \
    std::exception_ptr error_;                  \
    try {                                       \
      (void)co_await __VA_ARGS__;               \
    } catch (...) {                             \
      error_ = std::current_exception();        \
    }                                           \
    BOOST_TEST(words_of(error_) == (expected)); \
  } while (false)

/// What `f` throws.
template <class F>
std::string thrown_by(F&& f) {
  try {
    std::forward<F>(f)();
  } catch (...) {
    return words_of(std::current_exception());
  }
  return "nothing";
}

/// What is written to `std::cerr` while it lives.
class captured_cerr {
 public:
  captured_cerr() : before_(std::cerr.rdbuf(text_.rdbuf())) {}
  captured_cerr(captured_cerr const&) = delete;
  captured_cerr& operator=(captured_cerr const&) = delete;
  ~captured_cerr() { std::cerr.rdbuf(before_); }
  std::string text() const { return text_.str(); }
  /// How many lines name it.
  int count(std::string const& words) const {
    int found = 0;
    auto const all = text();
    for (auto at = all.find(words); at != std::string::npos; at = all.find(words, at + 1)) ++found;
    return found;
  }

 private:
  std::ostringstream text_;
  std::streambuf* before_;
};

#endif
