#include <curfew/cancellation_guard.hpp>
#include <curfew/detail/check.hpp>

namespace curfew {

cancellation_guard& cancellation_guard::operator=(cancellation_guard&& other) noexcept {
  if (this == &other) return *this;
  cancel();
  source_ = std::exchange(other.source_, std::nullopt);
  reason_ = std::move(other.reason_);
  return *this;
}

cancellation_guard::~cancellation_guard() { cancel(); }

void cancellation_guard::cancel() noexcept {
  if (!source_) return;
  auto source = *std::exchange(source_, std::nullopt);
  try {
    source.cancel(std::move(reason_));
  } catch (...) {
    detail::misused("there is no memory to cancel the source of a cancellation_guard.");
  }
}

}  // namespace curfew
