#ifndef CURFEW_DETAIL_TASK_REGISTRY_HPP
#define CURFEW_DETAIL_TASK_REGISTRY_HPP

#include <boost/asio/execution_context.hpp>
#include <curfew/detail/group_core.hpp>
#include <curfew/detail/list_hook.hpp>
#include <curfew/detail/spin_lock.hpp>
#include <curfew/detail/waiter.hpp>
#include <curfew/export.hpp>
#include <vector>

namespace curfew::detail {

/// The groups whose owners are in one context, and so its tasks. A group is in it from its making
/// to its close, and keeps it, which may be longer than the context lives.
class CURFEW_EXPORT task_registry : public counted<task_registry> {
 public:
  /// That of a context, made on first use. \throws std::bad_alloc
  static task_registry& of(deadline_service& context);

  /// The group of the tasks that are in no other. It takes tasks until the context ends.
  group_ref const& root() const noexcept { return root_; }
  void set_root(group_ref root) noexcept { root_ = std::move(root); }

  void add(registry_hook& hook) noexcept;
  void remove(registry_hook& hook) noexcept;
  /// The groups that are open now, in the order in which they were opened. \throws std::bad_alloc
  std::vector<group_ref> groups() const;
  /// All tasks that are alive now, of other contexts too where a group of this one owns them.
  /// \throws std::bad_alloc
  std::vector<task_ref> tasks() const;

 private:
  friend class counted<task_registry>;
  ~task_registry() = default;

  mutable spin_lock lock_;
  list_hook groups_;
  group_ref root_;
};

}  // namespace curfew::detail

#endif
