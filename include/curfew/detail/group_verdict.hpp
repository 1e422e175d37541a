#ifndef CURFEW_DETAIL_GROUP_VERDICT_HPP
#define CURFEW_DETAIL_GROUP_VERDICT_HPP

#include <cstdint>
#include <curfew/detail/verdict.hpp>

namespace curfew::detail {

/// What a group does when one of its children ends.
enum class group_rule : std::uint8_t {
  cancel_siblings,  ///< A failure asks the others to stop, and is raised.
  first_failure,    ///< The same, but that what fails after the first is not raised.
  first_failing,    ///< A failure asks the others to stop, and is a result.
  keep_going,       ///< A failure that nobody looks at is raised in the end.
  report,           ///< One that nobody looks at is reported by the child as it goes.
  settle,           ///< Failures are results.
  first_end,        ///< The same; the first that ends, unasked, asks the others to stop.
  first_value,      ///< The same; the first that succeeds does.
};

/// How the body of a group, or one of its children, ended.
struct member_end {
  ending how = ending::value;
  bool asked = false;        ///< It was asked to stop, before it ended.
  bool consequence = false;  ///< Its error says no more than that others were asked to stop.
};

/// Whether it failed: what somebody asked for is no failure, nor what follows from that.
constexpr bool has_failed(member_end const& end) noexcept {
  if (end.how == ending::value) return false;
  return !end.asked || (end.how == ending::error && !end.consequence);
}

/// Whether it ended by itself, whatever was asked: a value and an error of its own win.
constexpr bool is_own_end(member_end const& end) noexcept {
  return end.how == ending::value || has_failed(end);
}

/// Whether failures are raised in the end.
constexpr bool raises(group_rule rule) noexcept {
  return rule == group_rule::cancel_siblings || rule == group_rule::first_failure ||
         rule == group_rule::keep_going;
}

/// Whether a value that says that it failed, as a tuple that starts with an `error_code`, counts as
/// that failure. Elsewhere it is for those to look at who are given it.
constexpr bool looks_into_values(group_rule rule) noexcept {
  return rule == group_rule::first_failure || rule == group_rule::first_failing ||
         rule == group_rule::first_value;
}

/// Whether one that succeeds, or just ends, asks the others to stop.
constexpr bool is_won(group_rule rule) noexcept {
  return rule == group_rule::first_end || rule == group_rule::first_value;
}

/// Whether its end asks the others to stop.
constexpr bool ends_others(group_rule rule, member_end const& end) noexcept {
  switch (rule) {
    case group_rule::cancel_siblings:
    case group_rule::first_failure:
    case group_rule::first_failing: return has_failed(end);
    case group_rule::first_end: return is_own_end(end);
    case group_rule::first_value: return end.how == ending::value;
    case group_rule::keep_going:
    case group_rule::report:
    case group_rule::settle: break;
  }
  return false;
}

/// What happened to a group until all in it had ended.
struct group_happenings {
  member_end body;
  bool failures = false;       ///< Some are to be raised, the body's own among them.
  bool outside_asked = false;  ///< What encloses the group asked, delivered or not.
  bool withdrawn = false;      ///< It was cancelled by name, or by a member that ended.
  bool cut_short = false;      ///< A child ended because it was asked to stop.
};

/// What the caller of a group is given: failures first, then the outermost cause. A group that
/// cancelled itself ends quietly. `deliver` stands for the failures, or else the body's own end.
constexpr verdict decide_group(group_happenings const& happened) noexcept {
  bool const stopped = happened.body.how != ending::value;
  if (happened.failures) return verdict::deliver;
  if (happened.outside_asked && (stopped || happened.cut_short)) return verdict::aborted;
  if (happened.withdrawn && stopped) return verdict::withdrawn;
  return verdict::deliver;
}

}  // namespace curfew::detail

#endif
