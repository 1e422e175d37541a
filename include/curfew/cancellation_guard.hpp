#ifndef CURFEW_CANCELLATION_GUARD_HPP
#define CURFEW_CANCELLATION_GUARD_HPP

#include <curfew/cancellation_reason.hpp>
#include <curfew/cancellation_source.hpp>
#include <curfew/export.hpp>
#include <optional>
#include <utility>

namespace curfew {

/// Cancels its source when it is destroyed, unless it was released before: what was handed out for
/// the time of a block stops with the block, however that ends.
///
/// \par Thread safety
/// Distinct objects: safe. Shared objects: not safe.
/// \par Lifetime
/// It keeps its source.
/// \par Errors
/// None. Where there is no memory for the request the program ends with a message that says so.
/// \par Example
/// \snippet tokens.cpp guard
/// \see A `cancellation_source` that is destroyed cancels nothing.
class CURFEW_EXPORT cancellation_guard {
 public:
  /// Guards `source`; `reason` is given if it comes to that.
  [[nodiscard]] explicit cancellation_guard(
      cancellation_source source,
      cancellation_reason reason = {cancellation_cause::parent, "its guard was destroyed"})
      : source_(std::move(source)), reason_(std::move(reason)) {}
  cancellation_guard(cancellation_guard&& other) noexcept
      : source_(std::exchange(other.source_, std::nullopt)), reason_(std::move(other.reason_)) {}
  cancellation_guard& operator=(cancellation_guard&& other) noexcept;
  ~cancellation_guard();

  /// Does not cancel any more. \returns the source. \pre It was neither released nor moved from.
  cancellation_source release() noexcept { return *std::exchange(source_, std::nullopt); }

 private:
  void cancel() noexcept;

  std::optional<cancellation_source> source_;
  cancellation_reason reason_;
};

}  // namespace curfew

#endif
