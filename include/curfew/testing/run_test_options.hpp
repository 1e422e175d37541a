#ifndef CURFEW_TESTING_RUN_TEST_OPTIONS_HPP
#define CURFEW_TESTING_RUN_TEST_OPTIONS_HPP

#include <curfew/clock.hpp>
#include <curfew/detail/limit.hpp>
#include <curfew/export.hpp>
#include <source_location>
#include <string>
#include <utility>
#include <vector>

namespace curfew::testing {

/// How `run_test` and its siblings run a scenario:
/// `run_test(scenario, run_test_options().real_limit(1min).may_outlive("metrics"))`.
///
/// \par Errors
/// `errc::invalid_limit` for a limit that is negative or not a number.
/// \par Example
/// \snippet run_test.cpp options
class CURFEW_TESTING_EXPORT run_test_options {
 public:
  /// The defaults.
  run_test_options(std::source_location where = std::source_location::current()) : where_(where) {}

  /// How long the scenario may take by the real clock. Then its tasks are told, and the test fails;
  /// a handler that never returns ends the program. By default 10 s. `never` for none.
  run_test_options& real_limit(curfew::detail::duration_limit limit) & {
    real_limit_ = checked(limit);
    return *this;
  }
  run_test_options&& real_limit(curfew::detail::duration_limit limit) && {
    return std::move(real_limit(limit));
  }
  /// How long operations of Asio that are outstanding are given, by the real clock, before virtual
  /// time jumps. By default nothing: who talks to a peer in the same test needs none, because a
  /// loopback is ready at once.
  run_test_options& patience(curfew::detail::duration_limit limit) & {
    patience_ = checked(limit);
    return *this;
  }
  run_test_options&& patience(curfew::detail::duration_limit limit) && {
    return std::move(patience(limit));
  }
  /// Tasks of that name may be alive when the scenario ends; they are cancelled and joined then.
  run_test_options& may_outlive(std::string name) & {
    background_.push_back(std::move(name));
    return *this;
  }
  run_test_options&& may_outlive(std::string name) && {
    return std::move(may_outlive(std::move(name)));
  }
  /// Whether memory that was allocated in the test and is not freed is a failure; what is made on
  /// first use and kept counts as well. By default no. Needs `replace_new.hpp` in the program.
  run_test_options& check_memory(bool to) & {
    check_memory_ = to;
    return *this;
  }
  run_test_options&& check_memory(bool to) && { return std::move(check_memory(to)); }

  clock::duration real_limit() const noexcept { return real_limit_; }
  clock::duration patience() const noexcept { return patience_; }
  std::vector<std::string> const& may_outlive() const noexcept { return background_; }
  bool check_memory() const noexcept { return check_memory_; }
  /// Where the options were made.
  std::source_location const& where() const noexcept { return where_; }

 private:
  static clock::duration checked(curfew::detail::duration_limit const& limit);

  std::source_location where_;
  clock::duration real_limit_ = std::chrono::seconds(10), patience_{0};
  std::vector<std::string> background_;
  bool check_memory_ = false;
};

}  // namespace curfew::testing

#endif
