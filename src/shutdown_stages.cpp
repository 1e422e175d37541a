#include <curfew/detail/shutdown_stages.hpp>

#include <algorithm>

namespace curfew {

std::string_view to_string(stage which) noexcept {
  switch (which) {
    case stage::running: return "running";
    case stage::draining: return "draining";
    case stage::cancelling: return "cancelling";
    case stage::forced: return "forced";
  }
  return "unknown";
}

namespace detail {
namespace {

clock::time_point after(clock::time_point from, clock::duration limit) noexcept {
  if (from == clock::time_point::max() || limit > clock::time_point::max() - from)
    return clock::time_point::max();
  return from + std::max(limit, clock::duration::zero());
}

constexpr unsigned most_requests = static_cast<unsigned>(stage::forced);

}  // namespace

clock::time_point shutdown_stages::began(stage which) const noexcept {
  return began_[static_cast<int>(which)];
}

bool shutdown_stages::request(clock::time_point present) noexcept {
  bool const first = requests_ == 0;
  if (first) requested_at_ = present;
  requests_ = std::min(requests_ + 1, most_requests);
  // The first waits for its delay; a further one does not.
  if (!first) at_least_ = std::max(at_least_, static_cast<stage>(requests_));
  return first;
}

stage shutdown_stages::due(clock::time_point present) const noexcept {
  if (next_change() <= present) return static_cast<stage>(static_cast<int>(current_) + 1);
  return at_least_;
}

bool shutdown_stages::step(clock::time_point present) noexcept {
  if (due(present) <= current_) return false;
  current_ = static_cast<stage>(static_cast<int>(current_) + 1);
  began_[static_cast<int>(current_)] = present;
  return true;
}

clock::time_point shutdown_stages::next_change() const noexcept {
  auto const total = after(requested_at_, limits_.total);
  switch (current_) {
    case stage::running: return std::min(after(requested_at_, limits_.delay), total);
    case stage::draining: return std::min(after(began(stage::draining), limits_.drain), total);
    case stage::cancelling: return std::min(after(began(stage::cancelling), limits_.cancel), total);
    case stage::forced: break;
  }
  return clock::time_point::max();
}

}  // namespace detail
}  // namespace curfew
