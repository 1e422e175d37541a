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

/// A block that was cancelled by its own group ends quietly where it has no result.
template <class T>
struct grouping : raising<T> {};
template <>
struct grouping<void> {
  using result = void;
  static constexpr bool quiet = true;
  static void nothing() noexcept {}
};

/// A body in a group, which ends when its children have: in place or in a coroutine of its own, as
/// `run_scope` is.
template <class Policy, class Body,
          class Executor = typename body_traits<Body, task_group>::executor_type>
boost::asio::awaitable<typename Policy::result, Executor> run_group(group_facts facts, Body body,
                                                                    std::source_location where) {
  namespace this_coro = boost::asio::this_coro;
  using T = typename body_value<Body, task_group>::type;

  ended<T> out;
  auto const state = co_await this_coro::cancellation_state;
  auto* const stack = region_stack::find(state.slot());
  if (!stack) {
    adoption run(run_group<Policy, Body, Executor>(std::move(facts), std::move(body), where));
    bool const refusing = co_await this_coro::throw_if_cancelled();
    co_await adopt(run, refusing, state);
    if (run.out.error) std::rethrow_exception(std::move(run.out.error));
    if (!run.started) co_return end_unsuccessfully<Policy>(verdict::aborted, out);
    if constexpr (std::is_void_v<typename Policy::result>)
      co_return;
    else
      co_return std::move(*run.out.value);
  }

  verdict decided = verdict::deliver;
  {
    group_region region(*stack, where);
    region.open(facts);
    try {
      if constexpr (starts_children<Body>) {
        body(region.handle());
      } else {
        auto op = body(region.handle());
        require_awaitable(op.valid());
        if constexpr (std::is_void_v<T>)
          co_await std::move(op);
        else
          out.value.emplace(co_await std::move(op));
      }
    } catch (...) {
      out.error = std::current_exception();
    }
    region.body_ended(out.error);
    if (region.has_children()) {
      shield_region held(*stack, where);
      held.shows_deadlines = true;
      held.open(never, co_await this_coro::cancellation_state);
      do {
        try {
          co_await region.children_ended();
        } catch (boost::system::system_error const& e) {
          // They are waited for all the same where there is no memory for it.
          if (e.code() != boost::system::errc::not_enough_memory) throw;
        }
      } while (region.has_children());
      held.close(ending::value, co_await this_coro::cancellation_state);
    }
    decided = region.close(co_await this_coro::cancellation_state, out.error);
  }

  if (decided != verdict::deliver) co_return end_unsuccessfully<Policy>(decided, out);
  if (out.error) std::rethrow_exception(std::move(out.error));
  if constexpr (starts_children<Body>)
    co_return body.results();
  else if constexpr (!std::is_void_v<T>)
    co_return Policy::value(std::move(*out.value));
}

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
  return run_group<grouping<value>>(
      group_facts{rule_of(options.on_failure()), options.max_concurrency(), options.name(),
                  options.where()},
      std::move(body), options.where());
}

}  // namespace curfew::detail

#endif
