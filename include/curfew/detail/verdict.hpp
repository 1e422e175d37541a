#ifndef CURFEW_DETAIL_VERDICT_HPP
#define CURFEW_DETAIL_VERDICT_HPP

namespace curfew::detail {

/// How an operation or a body ended, by what it returned alone.
enum class ending {
  value,  ///< With a result.
  error,  ///< With an error of its own.
  abort,  ///< With an error that `is_cancellation` knows.
};

/// What happened to a scope until it ended, from curfew's own records.
struct happenings {
  ending how = ending::value;
  bool deadline_fired = false;  ///< Its own deadline passed and asked the operation to stop.
  bool cancelled = false;       ///< It was asked to stop by name, before its deadline did.
  bool outside_asked = false;   ///< Something that encloses it asked, delivered or not.
};

/// What the scope's caller is given.
enum class verdict {
  deliver,    ///< What the operation ended with, unchanged.
  timed_out,  ///< `errc::timed_out`, or the quiet end of a `move_on_…`.
  withdrawn,  ///< `operation_aborted`, or the quiet end: the scope was cancelled by name.
  aborted,    ///< `operation_aborted`: whoever encloses the scope asked.
};

/// Who wins, decided when the operation has ended: a value or an error of its own always; then the
/// outermost cause; then this scope's. An abort that nobody here asked for is not called a timeout.
constexpr verdict decide(happenings const& happened) noexcept {
  if (happened.how != ending::abort) return verdict::deliver;
  if (happened.outside_asked) return verdict::aborted;
  if (happened.cancelled) return verdict::withdrawn;
  if (happened.deadline_fired) return verdict::timed_out;
  return verdict::deliver;
}

/// The same for an operation that is given a limit which has passed already: it does not start.
constexpr verdict decide_unstarted(bool outside_asked) noexcept {
  return outside_asked ? verdict::aborted : verdict::timed_out;
}

}  // namespace curfew::detail

#endif
