#include <curfew/testing/detail/order_explorer.hpp>
#include <curfew/testing/test_failure.hpp>
#include <sstream>

namespace curfew::testing::detail {

order_explorer::order_explorer(std::size_t all_up_to, std::size_t samples, std::uint64_t seed)
    : all_up_to_(all_up_to), samples_(samples), random_(seed) {
  if (all_up_to_ == 0) sampling_ = samples_ != 0;
}

order_explorer::order_explorer(std::string_view replayed)
    : all_up_to_(1), samples_(0), replayed_(true) {
  std::istringstream words{std::string(replayed)};
  for (std::size_t chosen; words >> chosen;) path_.push_back({chosen, 0});
  if (!words.eof())
    throw test_failure("\"" + std::string(replayed) +
                       "\" is no order: it is numbers, such as \"1 0 2\"");
}

std::size_t order_explorer::choose(std::size_t count) {
  if (at_ == path_.size()) {
    auto const chosen = sampling_ ? static_cast<std::size_t>(random_() % count) : 0;
    path_.push_back({chosen, count});
  }
  auto& next = path_[at_++];
  if (next.count == 0) next.count = count;
  if (next.count != count || next.chosen >= count)
    throw test_failure(replayed_ ? "this order belongs to another scenario"
                                 : "the scenario is not the same in each run: what is ready in it "
                                   "must depend on virtual time and the order alone");
  return next.chosen;
}

bool order_explorer::turn_back() {
  // What this run did not come to, it did not choose.
  path_.resize(at_);
  while (!path_.empty() && path_.back().chosen + 1 == path_.back().count) path_.pop_back();
  if (path_.empty()) return false;
  ++path_.back().chosen;
  return true;
}

bool order_explorer::next() {
  if (replayed_) return false;
  if (!sampling_ && !turn_back()) {
    exhausted_ = true;
    return false;
  }
  if (runs_ >= all_up_to_) sampling_ = true;
  if (sampling_ && runs_ >= all_up_to_ + samples_) return false;
  if (sampling_) path_.clear();
  at_ = 0;
  ++runs_;
  return true;
}

std::string order_explorer::text() const {
  std::string words;
  for (std::size_t i = 0; i < at_; ++i)
    words += (i == 0 ? "" : " ") + std::to_string(path_[i].chosen);
  return words;
}

}  // namespace curfew::testing::detail
