#ifndef CURFEW_RETURN_WHEN_HPP
#define CURFEW_RETURN_WHEN_HPP

namespace curfew {

/// When `wait` has waited enough.
enum class return_when {
  all_completed,    ///< All have ended.
  first_completed,  ///< One has.
  first_failure,    ///< One has failed, or all have ended. Being cancelled is no failure.
};

}  // namespace curfew

#endif
