#ifndef CURFEW_CURFEW_HPP
#define CURFEW_CURFEW_HPP

/// \file
/// All of curfew but its test kit. Including what you use compiles faster.

#include <curfew/abandon_after.hpp>
#include <curfew/as_completed.hpp>
#include <curfew/cancel_when.hpp>
#include <curfew/cancellation_callback.hpp>
#include <curfew/cancellation_guard.hpp>
#include <curfew/cancellation_reason.hpp>
#include <curfew/cancellation_source.hpp>
#include <curfew/cancellation_token.hpp>
#include <curfew/checkpoint.hpp>
#include <curfew/clock.hpp>
#include <curfew/close_gracefully.hpp>
#include <curfew/error.hpp>
#include <curfew/event.hpp>
#include <curfew/finally.hpp>
#include <curfew/fwd.hpp>
#include <curfew/gather.hpp>
#include <curfew/group_options.hpp>
#include <curfew/move_on_after.hpp>
#include <curfew/mutex.hpp>
#include <curfew/operation.hpp>
#include <curfew/outcome.hpp>
#include <curfew/queue.hpp>
#include <curfew/race.hpp>
#include <curfew/resolve.hpp>
#include <curfew/retry.hpp>
#include <curfew/retry_policy.hpp>
#include <curfew/return_when.hpp>
#include <curfew/semaphore.hpp>
#include <curfew/shield.hpp>
#include <curfew/sleep.hpp>
#include <curfew/spawn.hpp>
#include <curfew/spawn_options.hpp>
#include <curfew/stop_token.hpp>
#include <curfew/task.hpp>
#include <curfew/task_group.hpp>
#include <curfew/this_task.hpp>
#include <curfew/timeout.hpp>
#include <curfew/timeout_scope.hpp>
#include <curfew/version.hpp>
#include <curfew/wait.hpp>
#include <curfew/wait_for.hpp>
#include <curfew/with_task_group.hpp>

#endif
