#ifndef CURFEW_TESTING_DETAIL_ORDER_EXPLORER_HPP
#define CURFEW_TESTING_DETAIL_ORDER_EXPLORER_HPP

#include <cstddef>
#include <cstdint>
#include <curfew/export.hpp>
#include <curfew/testing/detail/turn_queue.hpp>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace curfew::testing::detail {

/// Which order is tried next: all of them, each once, as a depth-first walk of the choices; from
/// some number on, random ones.
class CURFEW_TESTING_EXPORT order_explorer : public chooser {
 public:
  order_explorer(std::size_t all_up_to, std::size_t samples, std::uint64_t seed);
  /// The one order that `text()` gave. \throws test_failure It is none.
  explicit order_explorer(std::string_view replayed);

  std::size_t choose(std::size_t count) override;
  /// After each run: whether there is one more.
  bool next();

  /// The choices of the run so far, such as `1 0 2`.
  std::string text() const;
  std::size_t runs() const noexcept { return runs_; }
  /// Whether every order was tried.
  bool exhausted() const noexcept { return exhausted_; }

 private:
  struct choice {
    std::size_t chosen, count;
  };

  bool turn_back();

  std::vector<choice> path_;
  std::size_t at_ = 0, runs_ = 1, all_up_to_, samples_;
  std::mt19937_64 random_;
  bool sampling_ = false, exhausted_ = false, replayed_ = false;
};

}  // namespace curfew::testing::detail

#endif
