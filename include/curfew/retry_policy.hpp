#ifndef CURFEW_RETRY_POLICY_HPP
#define CURFEW_RETRY_POLICY_HPP

#include <cstddef>
#include <cstdint>
#include <curfew/clock.hpp>
#include <curfew/detail/limit.hpp>
#include <curfew/export.hpp>
#include <exception>
#include <functional>
#include <optional>
#include <utility>

namespace curfew {

/// When and how often `retry` tries again: `retry_policy(5).first_delay(100ms).max_delay(2s)`.
///
/// The pauses grow by a factor up to a greatest, and each is shortened at random, so that many who
/// failed together do not come back together.
/// \par Example
/// \snippet retrying.cpp policy
class CURFEW_EXPORT retry_policy {
 public:
  /// At most so many attempts, the first included. \throws errc::invalid_limit Zero.
  explicit retry_policy(std::size_t attempts = 3);

  /// \name Setters, for chains
  /// @{
  /// The pause after the first failure; by default 100 ms.
  retry_policy& first_delay(detail::duration_limit to);
  /// No pause is longer; by default 10 s.
  retry_policy& max_delay(detail::duration_limit to);
  /// Each pause is so many times the one before; by default 2. \throws errc::invalid_limit Less
  /// than 1, infinite, or not a number.
  retry_policy& factor(double to);
  /// Which part of each pause is left to chance, from 0, none, to 1, by default 0.5.
  /// \throws errc::invalid_limit Anything else.
  retry_policy& jitter(double to);
  /// Which failures are worth another attempt; by default all. It is not asked about cancellations,
  /// after which there is none.
  retry_policy& retry_if(std::function<bool(std::exception_ptr const&)> to);
  /// Makes the pauses the same each time, for tests.
  retry_policy& seed(std::uint32_t to);
  /// @}

  /// At most so many, the first included.
  std::size_t attempts() const noexcept { return attempts_; }
  /// Whether a failure is worth another attempt, as `retry_if` says.
  bool retries(std::exception_ptr const& failure) const;
  /// The pauses, one after the other.
  class CURFEW_EXPORT delays {
   public:
    /// The policy must outlive it.
    explicit delays(retry_policy const& policy);
    /// The next pause, made shorter at random as the policy says.
    clock::duration next();

   private:
    retry_policy const* policy_;
    clock::duration pause_;
    std::uint32_t random_;
  };

 private:
  std::size_t attempts_;
  clock::duration first_delay_ = std::chrono::milliseconds(100);
  clock::duration max_delay_ = std::chrono::seconds(10);
  double factor_ = 2, jitter_ = 0.5;
  std::function<bool(std::exception_ptr const&)> retry_if_;
  std::optional<std::uint32_t> seed_;
};

}  // namespace curfew

#endif
