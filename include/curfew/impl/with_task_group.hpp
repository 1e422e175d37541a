#ifndef CURFEW_IMPL_WITH_TASK_GROUP_HPP
#define CURFEW_IMPL_WITH_TASK_GROUP_HPP

#include <curfew/detail/asking_regions.hpp>
#include <curfew/group_options.hpp>
#include <curfew/impl/scope.hpp>
#include <curfew/task_group.hpp>
#include <memory>
#include <utility>

namespace curfew::detail {

/// A group that is the block of a coroutine.
class CURFEW_EXPORT group_region : public framed<telling_region> {
 public:
  group_region(region_stack& stack, std::source_location where) noexcept
      : framed(stack, where), handle_(group_ref()) {}
  ~group_region();

  void open(group_facts const& facts);
  task_group& handle() noexcept { return handle_; }

  void body_ended(std::exception_ptr const& error);
  /// Whether there are children to wait for; once there are none it takes no more.
  bool has_children() noexcept { return !handle_.core_->close_if_empty(); }
  auto children_ended() const { return wait_until_told(handle_.core_); }
  /// Closes it and decides. What is to be raised takes the place of the body's error.
  verdict close(boost::asio::cancellation_state state, std::exception_ptr& error);

 private:
  task_group handle_;
  member_end body_;
};

/// The block is a group.
struct by_group {
  using region = group_region;
  using handle = task_group;
  group_facts facts;
};

inline bool open_region(group_region& region, by_group const& by, bool,
                        boost::asio::cancellation_state, verdict&) {
  region.open(by.facts);
  return true;
}

/// A block that was cancelled by its own group ends quietly where it has no result.
template <class T>
struct grouping : raising<T> {};
template <>
struct grouping<void> {
  using result = void;
  static constexpr bool quiet = true;
  static void nothing() noexcept {}
};

constexpr group_rule rule_of(on_failure what) noexcept {
  switch (what) {
    case on_failure::keep_going: return group_rule::keep_going;
    case on_failure::report: return group_rule::report;
    case on_failure::cancel_siblings: break;
  }
  return group_rule::cancel_siblings;
}

template <class F, class... Args>
auto run_in_group(group_options const& options, F&& f, Args&&... args) {
  auto body = body_of_call<task_group>(std::forward<F>(f), std::forward<Args>(args)...);
  using body_type = decltype(body);
  using value = typename body_traits<body_type, task_group>::value_type;
  return run_scope<grouping<value>>(
      by_group{{rule_of(options.on_failure()), options.max_concurrency(), options.name(),
                options.where()}},
      std::move(body), options.where());
}

}  // namespace curfew::detail

#endif
