#include <curfew/error.hpp>
#include <curfew/impl/abandon_after.hpp>
#include <new>
#include <utility>

namespace curfew::detail {

bool stop_or_leave(task_core& work, timeout_scope const& asked) {
  try {
    auto why = asked.reason();
    work.cancel(why ? std::move(why) : cancellation_reason(cancellation_cause::parent));
  } catch (std::bad_alloc const&) {  // it is left behind without having been asked
  }
  if (work.done()) return true;  // at once, in the middle of being asked
  work.set_abandoned();
  return false;
}

void throw_of_work(task_core& work, std::exception_ptr error, timeout_scope const& asked) {
  // Somebody stopped the work, but not the one who waits for it.
  if (is_cancellation(error) && work.reason() && !asked.reason()) throw_task_cancelled(work);
  std::rethrow_exception(std::move(error));
}

}  // namespace curfew::detail
