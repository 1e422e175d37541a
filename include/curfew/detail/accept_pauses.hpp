#ifndef CURFEW_DETAIL_ACCEPT_PAUSES_HPP
#define CURFEW_DETAIL_ACCEPT_PAUSES_HPP

#include <curfew/clock.hpp>
#include <curfew/error.hpp>
#include <curfew/export.hpp>
#include <optional>

namespace curfew::detail {

/// What a failed accept means for the next one. No I/O, no clock.
class CURFEW_EXPORT accept_pauses {
 public:
  accept_pauses(clock::duration first, clock::duration longest) noexcept
      : first_(first), longest_(longest) {}

  /// How long to wait before the next: not at all where the failure was that connection's alone,
  /// longer and longer where something ran out. Empty where there is nothing to accept from.
  std::optional<clock::duration> failed(error_code error) noexcept;
  void succeeded() noexcept { failures_ = 0; }

 private:
  clock::duration first_, longest_;
  unsigned failures_ = 0;  ///< In a row.
};

/// Whether an error says that the peer has gone, which is no news of a session.
CURFEW_EXPORT bool is_departure(error_code error) noexcept;

}  // namespace curfew::detail

#endif
