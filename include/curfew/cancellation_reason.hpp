#ifndef CURFEW_CANCELLATION_REASON_HPP
#define CURFEW_CANCELLATION_REASON_HPP

#include <curfew/export.hpp>
#include <iosfwd>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>

namespace curfew {

/// Who asked something to stop.
enum class cancellation_cause : int {
  none = 0,        ///< Nobody did.
  requested,       ///< The program, by calling a `cancel()`.
  deadline,        ///< A limit passed.
  token,           ///< A cancellation token.
  parent,          ///< Whatever encloses it was cancelled by means that say no more.
  sibling_failed,  ///< Another task of the same group failed.
  shutdown,        ///< The server is stopping.
};

/// The cause in words: `"deadline"`.
CURFEW_EXPORT std::string_view to_string(cancellation_cause cause) noexcept;

/// Why something was asked to stop: who asked, in which words, and where in the source.
///
/// Asio's `operation_aborted` cannot say it, so curfew keeps it beside: a scope, a task and a token
/// can be asked for theirs. The first reason sticks; later ones are not recorded.
///
/// \par Thread safety
/// Distinct objects: safe. Shared objects: safe to read.
/// \par Example
/// \snippet reasons.cpp reason
class cancellation_reason {
 public:
  /// A request of the program, made here.
  cancellation_reason(cancellation_cause cause = cancellation_cause::requested,
                      std::string text = {},
                      std::source_location where = std::source_location::current())
      : text_(std::move(text)), where_(where), cause_(cause) {}

  /// A request of the program in words: `scope.cancel({"superseded"})`.
  cancellation_reason(std::string text,
                      std::source_location where = std::source_location::current())
      : cancellation_reason(cancellation_cause::requested, std::move(text), where) {}
  /// \overload
  cancellation_reason(char const* text,
                      std::source_location where = std::source_location::current())
      : cancellation_reason(std::string(text), where) {}

  /// What kind of thing asked.
  cancellation_cause cause() const noexcept { return cause_; }
  /// In the words of who asked; empty where he said none.
  std::string const& text() const noexcept { return text_; }
  /// The place of the request, or of the limit that passed.
  std::source_location const& where() const noexcept { return where_; }

  /// Whether there is a reason: false where nobody asked.
  explicit operator bool() const noexcept { return cause_ != cancellation_cause::none; }

 private:
  std::string text_;
  std::source_location where_;
  cancellation_cause cause_;
};

/// The reason in one line: `deadline (server.cpp:41)`, `requested: superseded (api.cpp:7)`.
CURFEW_EXPORT std::string to_string(cancellation_reason const& reason);
/// \overload
CURFEW_EXPORT std::ostream& operator<<(std::ostream& out, cancellation_reason const& reason);

}  // namespace curfew

#endif
