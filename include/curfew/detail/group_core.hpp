#ifndef CURFEW_DETAIL_GROUP_CORE_HPP
#define CURFEW_DETAIL_GROUP_CORE_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>
#include <cstddef>
#include <curfew/detail/task_core.hpp>
#include <curfew/detail/token_state.hpp>
#include <curfew/semaphore.hpp>
#include <memory>
#include <string>
#include <vector>

namespace curfew::detail {

/// A child that failed, or a body.
struct group_failure {
  std::exception_ptr error;
  task_ref task;  ///< Null for the body.
};

/// What is known of a group when it is opened.
struct group_facts {
  group_rule rule = group_rule::cancel_siblings;
  std::size_t max_concurrency = 0;  ///< Zero where there is no bound.
  std::string name;
  std::source_location where;
  bool is_root = false;  ///< It belongs to a context or a run, not to a coroutine.
};

class task_registry;
using registry_ref = target_ref<task_registry>;

/// A group among those of its context.
struct registry_hook : list_hook {
  explicit registry_hook(group_core* which) noexcept : group(which) {}
  group_core* const group;
};

/// The tasks that are in a group, and what is to become of them.
///
/// A request to stop is a token: the owner's region listens to it, and so does this, which tells
/// the children. Invariants, under `lock_`:
/// 1. A child is in `children_` or in `untold_` from `enter` to `leave`, and `count_` counts both.
/// 2. `untold_` holds those that were there when the request came and have not heard of it. Nobody
///    enters once it has come, but into a root: who does never begins.
/// 3. `waiter_` is told when `count_` becomes zero.
class CURFEW_EXPORT group_core final : public request_target {
 public:
  /// \throws std::bad_alloc
  static group_ref make(group_facts facts, registry_ref registry);

  // From any thread.
  bool enter(task_core& child) noexcept;
  /// A child has ended. Where its context is being destroyed, nobody who waits there is told.
  void leave(task_core& child, member_end const& how, std::exception_ptr const& error,
             bool wake_own_context) noexcept;
  /// The body has failed.
  void fail(std::exception_ptr const& error) noexcept;
  bool cancel(cancellation_reason reason);
  bool cancelled() const noexcept { return token_->cancelled(); }
  group_rule rule() const noexcept { return rule_; }
  /// Whether it takes no more children.
  bool refuses() const noexcept;
  token_ref const& token() const noexcept { return token_; }
  std::size_t size() const noexcept;
  /// Who is in it now. \throws std::bad_alloc
  std::vector<task_ref> children() const;

  /// Where children run that are given no executor; empty once the group has ended.
  boost::asio::any_io_executor executor() const;
  void set_executor(boost::asio::any_io_executor executor) noexcept;
  /// What the children are told of the deadlines around them.
  std::atomic<clock::time_point>& deadline() noexcept { return deadline_; }
  /// By which children take turns; null where all run at once.
  semaphore* slots() const noexcept { return slots_.get(); }
  std::string_view name() const noexcept { return facts_.name; }
  std::source_location const& where() const noexcept { return facts_.where; }
  bool is_root() const noexcept { return facts_.is_root; }
  /// The stack of the coroutine that waits for the children; null where there is none any more.
  void set_owner(target_ref<region_stack> owner) noexcept;
  target_ref<region_stack> owner() const noexcept;
  /// The owner's number, from any thread; zero where that is no task.
  std::uint64_t owner_number() const noexcept;
  task_registry& registry() const noexcept { return *registry_; }

  // For the one who waits for the children.
  /// Has `node.target` told when nobody is left; false when nobody is.
  bool add(task_waiter& node) noexcept;
  /// False: a group is waited for, whoever asks.
  bool remove(task_waiter&) noexcept { return false; }
  /// The context of the one who waits is being destroyed. Returns whether he is certain not to be
  /// told, now or later.
  bool forget(task_waiter& node) noexcept;
  static wait_note::content as_wait() noexcept { return {"children"}; }
  /// Takes no more children, if there are none; returns whether that is so.
  bool close_if_empty() noexcept;
  /// Whether a child lives in another context than this.
  bool has_children_outside(deadline_service const& context) const noexcept;
  /// Takes no more children.
  void refuse() noexcept;
  /// Takes no more children, and forgets where the group ran.
  void close() noexcept;

  // After the end.
  /// The first child that asked the others to stop; null when none did.
  task_core const* first() const noexcept { return first_.get(); }
  bool cut_short() const noexcept { return cut_short_; }
  /// What is to be raised: one error as it is, several as a group, or null.
  std::exception_ptr raise() noexcept;

  void requested(std::uint64_t) override;

 private:
  bool refuses_here() const noexcept { return closed_ || (token_->cancelled() && !facts_.is_root); }
  group_core(group_facts&& facts, registry_ref registry) noexcept;
  ~group_core() override;
  void destroy() noexcept override { delete this; }

  void add_failure(std::exception_ptr const& error, task_core* child) noexcept;
  void stop_others(task_core* because, std::exception_ptr const& error) noexcept;
  bool tell_next(present_time& present);

  mutable spin_lock lock_;
  group_rule rule_;
  bool closed_ = false, ended_ = false, cut_short_ = false;
  std::size_t count_ = 0;
  list_hook children_, untold_;
  task_waiter* waiter_ = nullptr;
  token_ref token_;
  token_node told_;
  std::atomic<clock::time_point> deadline_{(clock::time_point::max)()};
  target_ref<region_stack> owner_;
  task_ref first_;
  std::vector<group_failure> failures_;
  std::exception_ptr unkept_;  ///< One for which there was no memory among them.
  group_facts facts_;
  registry_ref registry_;
  registry_hook in_registry_{this};
  std::unique_ptr<semaphore> slots_;
  boost::asio::any_io_executor executor_;
};

/// One that is never used up: for groups without a bound.
CURFEW_EXPORT semaphore& endless_slots() noexcept;

/// Whether an error says no more than that something else was asked to stop.
CURFEW_EXPORT bool is_consequence(std::exception_ptr const& error) noexcept;

}  // namespace curfew::detail

#endif
