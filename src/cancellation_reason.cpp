#include <curfew/cancellation_reason.hpp>

#include <curfew/detail/words.hpp>
#include <ostream>

namespace curfew {

std::string_view to_string(cancellation_cause cause) noexcept {
  switch (cause) {
    case cancellation_cause::none: return "none";
    case cancellation_cause::requested: return "requested";
    case cancellation_cause::deadline: return "deadline";
    case cancellation_cause::token: return "token";
    case cancellation_cause::parent: return "parent";
    case cancellation_cause::sibling_failed: return "sibling failed";
    case cancellation_cause::shutdown: return "shutdown";
  }
  return "unknown";
}

std::string to_string(cancellation_reason const& reason) {
  std::string text(to_string(reason.cause()));
  if (!reason) return text;
  if (!reason.text().empty()) text += ": " + detail::in_one_line(reason.text());
  auto const place = detail::in_words(reason.where());
  return place.empty() ? text : text + " (" + place + ')';
}

std::ostream& operator<<(std::ostream& out, cancellation_reason const& reason) {
  return out << to_string(reason);
}

}  // namespace curfew
