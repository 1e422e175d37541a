#ifndef HTTP_LOAD_HISTOGRAM_HPP
#define HTTP_LOAD_HISTOGRAM_HPP

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstdint>

namespace http_load {

/// How long things took, in buckets that are 1.6 % wide, whatever their number.
class histogram {
 public:
  using milliseconds = std::chrono::duration<double, std::milli>;

  void add(std::chrono::nanoseconds took) {
    auto const us = static_cast<std::uint64_t>(std::max<std::int64_t>(took.count() / 1000, 0));
    ++buckets_[index_of(us)];
    ++count_;
    most_ = std::max(most_, us);
  }
  void add(histogram const& other) {
    for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
    count_ += other.count_;
    most_ = std::max(most_, other.most_);
  }

  std::uint64_t count() const { return count_; }
  double most_ms() const { return static_cast<double>(most_) / 1000; }

  /// What the given share of all did not exceed.
  double quantile_ms(double share) const {
    auto const wanted = static_cast<std::uint64_t>(share * static_cast<double>(count_));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      seen += buckets_[i];
      if (seen > wanted) return std::min(static_cast<double>(upper_end(i)) / 1000, most_ms());
    }
    return most_ms();
  }

 private:
  static constexpr unsigned steps = 64;  // in each power of two
  static constexpr unsigned powers = 32;

  static std::size_t index_of(std::uint64_t us) {
    if (us < steps) return static_cast<std::size_t>(us);
    auto const power = static_cast<unsigned>(std::bit_width(us)) - 6;
    auto const index = (us >> power) + power * (steps / 2);
    return std::min<std::size_t>(static_cast<std::size_t>(index), steps * powers - 1);
  }
  static std::uint64_t upper_end(std::size_t index) {
    if (index < steps) return index;
    auto const power = (index - steps / 2) / (steps / 2);
    return ((index - power * (steps / 2) + 1) << power) - 1;
  }

  std::array<std::uint64_t, steps * powers> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t most_ = 0;
};

}  // namespace http_load

#endif
