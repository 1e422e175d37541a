#include <curfew/error.hpp>
#include <curfew/retry_policy.hpp>

#include <algorithm>
#include <random>
#include <utility>

namespace curfew {
namespace {

void require(bool sensible, char const* what) {
  if (!sensible) throw boost::system::system_error(make_error_code(errc::invalid_limit), what);
}

clock::duration length_of(detail::duration_limit const& given) {
  return std::max(given.value.from(clock::time_point()).time_since_epoch(),
                  clock::duration::zero());
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
  require(to >= 1, "retry: the factor of the pauses is 1 or more");
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
  auto const most = static_cast<double>(policy_->max_delay_.count());
  pause_ = clock::duration(static_cast<clock::rep>(
      std::min(static_cast<double>(pause_.count()) * policy_->factor_, most)));
  return clock::duration(static_cast<clock::rep>(whole * (1 - part)));
}

}  // namespace curfew
