#include <curfew/error.hpp>
#include <curfew/retry_policy.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

namespace curfew {
namespace {

void require(bool sensible, char const* what) {
  if (!sensible) throw boost::system::system_error(make_error_code(errc::invalid_limit), what);
}

clock::duration length_of(detail::duration_limit const& given) {
  return std::max(given.value().from(clock::time_point()).time_since_epoch(),
                  clock::duration::zero());
}

/// A pause as long as that; the longest there is where it would be longer.
clock::duration pause_of(double ticks) {
  auto const longest = clock::duration::max();
  // As a number with a point the longest is one more than it is.
  if (!(ticks < static_cast<double>(longest.count()))) return longest;
  return clock::duration(static_cast<clock::rep>(ticks));
}

}  // namespace

retry_policy::retry_policy(std::size_t attempts) : attempts_(attempts) {
  require(attempts != 0, "retry: zero attempts would do nothing, give it one or more");
}

retry_policy& retry_policy::first_delay(detail::duration_limit to) {
  first_delay_ = length_of(to);
  return *this;
}

retry_policy& retry_policy::max_delay(detail::duration_limit to) {
  max_delay_ = length_of(to);
  return *this;
}

retry_policy& retry_policy::factor(double to) {
  require(to >= 1 && std::isfinite(to), "retry: the factor of the pauses is 1 or more");
  factor_ = to;
  return *this;
}

retry_policy& retry_policy::jitter(double to) {
  require(to >= 0 && to <= 1, "retry: the jitter is a part of the pause, from 0 to 1");
  jitter_ = to;
  return *this;
}

retry_policy& retry_policy::retry_if(std::function<bool(std::exception_ptr const&)> to) {
  retry_if_ = std::move(to);
  return *this;
}

retry_policy& retry_policy::seed(std::uint32_t to) {
  seed_ = to;
  return *this;
}

bool retry_policy::retries(std::exception_ptr const& failure) const {
  return !is_cancellation(failure) && (!retry_if_ || retry_if_(failure));
}

retry_policy::delays::delays(retry_policy const& policy)
    : policy_(&policy),
      pause_(policy.first_delay_),
      random_(policy.seed_ ? *policy.seed_ : std::random_device()()) {}

clock::duration retry_policy::delays::next() {
  auto const whole = static_cast<double>(std::min(pause_, policy_->max_delay_).count());
  std::minstd_rand random(random_);
  random_ = static_cast<std::uint32_t>(random());
  auto const part = std::uniform_real_distribution<>(0, policy_->jitter_)(random);
  pause_ = std::min(pause_of(static_cast<double>(pause_.count()) * policy_->factor_),
                    policy_->max_delay_);
  return pause_of(whole * (1 - part));
}

}  // namespace curfew
