#ifndef CURFEW_DETAIL_LINE_LIMIT_HPP
#define CURFEW_DETAIL_LINE_LIMIT_HPP

#include <cstddef>
#include <curfew/clock.hpp>
#include <curfew/detail/spin_lock.hpp>
#include <mutex>
#include <utility>

namespace curfew::detail {

/// Lets so many lines through in each second, which begins with its first line, and counts the
/// others. From any thread.
class line_limit {
 public:
  struct decision {
    bool write;            ///< Whether this line is written.
    std::size_t left_out;  ///< How many were left out before, to be told first.
  };

  explicit line_limit(std::size_t a_second) noexcept : a_second_(a_second) {}

  decision ask(clock::time_point present) noexcept {
    std::lock_guard guard(lock_);
    std::size_t before = 0;
    if (present - began_ >= std::chrono::seconds(1) || lines_ == 0) {
      began_ = present;
      lines_ = 0;
      before = std::exchange(left_out_, 0);
    }
    if (lines_ == a_second_) {
      ++left_out_;
      return {false, 0};
    }
    ++lines_;
    return {true, before};
  }
  /// How many were left out and have not been told; from here on they have.
  std::size_t take_left_out() noexcept {
    std::lock_guard guard(lock_);
    return std::exchange(left_out_, 0);
  }

 private:
  spin_lock lock_;
  std::size_t const a_second_;
  std::size_t lines_ = 0, left_out_ = 0;
  clock::time_point began_{};
};

}  // namespace curfew::detail

#endif
