#ifndef CURFEW_STAGE_HPP
#define CURFEW_STAGE_HPP

#include <curfew/export.hpp>
#include <string_view>

namespace curfew {

/// How far a shutdown has come. A stage never goes back, and none is skipped.
///
/// \par Example
/// \snippet running.cpp stage
/// \see shutdown_control::current
enum class stage : int {
  running,     ///< Nobody has asked, or the delay before draining is not over.
  draining,    ///< Listeners stop, what is `idle` ends quietly, what is busy goes on.
  cancelling,  ///< Everything that is left is cancelled, and waited for.
  forced,      ///< What has refused to stop is left behind and reported.
};

/// The stage in words: `"draining"`.
CURFEW_EXPORT std::string_view to_string(stage which) noexcept;

}  // namespace curfew

#endif
