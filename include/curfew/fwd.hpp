#ifndef CURFEW_FWD_HPP
#define CURFEW_FWD_HPP

/// \file
/// Every public type of curfew by name, for headers that only pass them on.

namespace curfew {

enum class cancellation_cause : int;
enum class dump_format;
enum class errc : int;
enum class on_failure;
enum class return_when;
enum class stage : int;
enum class task_deadline;
enum class task_ending;
struct exception_group;
struct never_t;
struct shutdown_report;
struct task_event;
struct task_info;
struct task_wait;
class cancellation_callback;
class cancellation_guard;
class cancellation_reason;
class cancellation_source;
class cancellation_token;
class event;
class grace;
class group_options;
class mutex;
class mutex_guard;
class observer;
class permit;
class retry_policy;
class run_options;
class semaphore;
class serve_options;
class shutdown_control;
class spawn_options;
class spdlog_options;
class task_group;
class task_view;
class timeline;
class timeout_scope;
class watchdog_options;
template <class T>
class completed_tasks;
template <class T>
class outcome;
template <class T>
class queue;
template <class Results>
struct race_result;
template <class T>
class task;
template <class R>
class task_started;
template <class T>
struct wait_result;

namespace testing {
class virtual_time;
}

}  // namespace curfew

#endif
