#ifndef CURFEW_GROUP_OPTIONS_HPP
#define CURFEW_GROUP_OPTIONS_HPP

#include <cstddef>
#include <curfew/export.hpp>
#include <source_location>
#include <string>
#include <utility>

namespace curfew {

/// What a group does when a child fails.
enum class on_failure {
  cancel_siblings,  ///< All others are cancelled, the body too, and the failure is raised.
  keep_going,       ///< The others go on. What nobody looked at is raised when all have ended.
  report,  ///< The others go on. What nobody looked at is printed at once, as that of a `spawn` is.
};

/// How a group is run: `with_task_group(group_options().max_concurrency(8), f)`.
///
/// \par Example
/// \snippet groups.cpp options
class CURFEW_EXPORT group_options {
 public:
  /// A group that cancels the siblings of what fails, opened here.
  group_options(std::source_location where = std::source_location::current()) : where_(where) {}
  /// The same with a rule.
  group_options(curfew::on_failure rule,
                std::source_location where = std::source_location::current())
      : where_(where), rule_(rule) {}

  /// \name Setters, for chains
  /// @{
  /// What the failure of a child does to its siblings.
  group_options& on_failure(curfew::on_failure to) & {
    rule_ = to;
    return *this;
  }
  group_options&& on_failure(curfew::on_failure to) && { return std::move(on_failure(to)); }
  /// How many children run at a time. Further ones are spawned, and wait before their first
  /// instruction, in the order in which they were spawned. `task_group::room` lets the one who
  /// spawns wait. \throws errc::invalid_limit Zero, which would let nothing run.
  group_options& max_concurrency(std::size_t children) &;
  group_options&& max_concurrency(std::size_t children) && {
    return std::move(max_concurrency(children));
  }
  /// A name for reports.
  group_options& name(std::string to) & {
    name_ = std::move(to);
    return *this;
  }
  group_options&& name(std::string to) && { return std::move(name(std::move(to))); }
  /// @}

  curfew::on_failure on_failure() const noexcept { return rule_; }
  /// Zero where there is no bound.
  std::size_t max_concurrency() const noexcept { return max_concurrency_; }
  /// Empty when it has none.
  std::string const& name() const noexcept { return name_; }
  /// Where the group was opened.
  std::source_location const& where() const noexcept { return where_; }

 private:
  std::string name_;
  std::source_location where_;
  std::size_t max_concurrency_ = 0;
  curfew::on_failure rule_ = curfew::on_failure::cancel_siblings;
};

}  // namespace curfew

#endif
