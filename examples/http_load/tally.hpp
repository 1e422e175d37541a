#ifndef HTTP_LOAD_TALLY_HPP
#define HTTP_LOAD_TALLY_HPP

#include <array>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace http_load {

/// What became of a request, or of a connection that made none. One of these, and only one.
enum class fate {
  ok,
  too_late_answer,  ///< 408 or 503, as it should be.
  refused,          ///< 400, 413, 431, or 503 at the door, as it should be.
  closed_by_limit,  ///< Without an answer, as it should be.
  went_away,        ///< The client left, as it meant to.
  failed,           ///< Anything else.
};
inline constexpr std::size_t fates = 6;

class tally {
 public:
  std::uint64_t started() const { return started_; }
  std::uint64_t ended(fate how) const { return ended_[static_cast<std::size_t>(how)]; }
  std::uint64_t accounted() const {
    return std::accumulate(ended_.begin(), ended_.end(), std::uint64_t{0});
  }
  /// The first few, in words.
  std::vector<std::string> const& complaints() const { return complaints_; }
  void complain(std::string what) {
    if (complaints_.size() < 8) complaints_.push_back(std::move(what));
  }

 private:
  friend class attempt;

  std::uint64_t started_ = 0;
  std::array<std::uint64_t, fates> ended_{};
  std::vector<std::string> complaints_;
};

/// One request. What is never ended stays unaccounted for, and is noticed.
class attempt {
 public:
  explicit attempt(tally& all) : all_(all) { ++all_.started_; }
  attempt(attempt const&) = delete;
  attempt& operator=(attempt const&) = delete;

  void end(fate how) { ++all_.ended_[static_cast<std::size_t>(how)]; }
  void fail(std::string why) {
    end(fate::failed);
    all_.complain(std::move(why));
  }

 private:
  tally& all_;
};

}  // namespace http_load

#endif
