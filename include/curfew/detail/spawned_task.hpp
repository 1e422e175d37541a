#ifndef CURFEW_DETAIL_SPAWNED_TASK_HPP
#define CURFEW_DETAIL_SPAWNED_TASK_HPP

#include <curfew/detail/adopt.hpp>
#include <curfew/detail/group_core.hpp>
#include <curfew/outcome.hpp>
#include <mutex>
#include <optional>
#include <utility>

namespace curfew::detail {

/// A task with what its coroutine ended with.
template <class T>
class task_state : public task_core {
 public:
  /// \pre `done()`.
  outcome<T>& result() noexcept { return *result_; }

 protected:
  using task_core::task_core;
  ~task_state() override = default;

  std::optional<outcome<T>> result_;
};

/// A task with the coroutine that runs it, on an executor of this type.
template <class T, class Executor>
class spawned_task final : public region_stack_on<Executor, task_state<T>> {
  using base = region_stack_on<Executor, task_state<T>>;

 public:
  /// In the group; null when that takes no more. \throws std::bad_alloc
  static target_ref<spawned_task> make(Executor const& executor, deadline_service& deadlines,
                                       task_facts&& facts, group_ref const& group) {
    // By plain new: a crowd of tasks would not find room in the cache of Asio's allocators, which
    // are slower then.
    auto made =
        target_ref<spawned_task>::adopt(new spawned_task(executor, deadlines, std::move(facts)));
    if (!made->join_group(group)) made = {};
    return made;
  }

  /// On any thread, perhaps while the coroutine ends.
  void requested(std::uint64_t id) override {
    std::optional<Executor> where;
    {
      std::lock_guard guard(this->lock_);
      where = this->executor_;
    }
    if (where)
      this->request_on(*where, id);
    else
      this->release();
  }

  using base::abandon;
  using base::begin;
  using base::may_begin;
  void end_with(ended<T>&& out) noexcept {
    auto failure = failure_said_by(out);
    auto error = store(std::move(out));
    if (!error) error = std::move(failure);
    auto const how = how_ended(error);
    this->end(how, std::move(error));
  }
  void fail_with(std::exception_ptr error) noexcept {
    ended<T> out;
    out.error = std::move(error);
    end_with(std::move(out));
  }
  void abandon_task() noexcept {
    if (this->done()) return;
    this->result_.emplace(error_code(boost::asio::error::operation_aborted));
    this->abandon();
  }

 private:
  using base::base;
  ~spawned_task() override = default;

  void destroy() noexcept override { delete this; }
  void drop_executor() noexcept override {
    std::optional<Executor> dropped;
    std::lock_guard guard(this->lock_);
    dropped.swap(this->executor_);
  }
  // What a value says counts where the group's rule says so. An abort that was asked for is no
  // failure, and a value like others, but where only success counts.
  std::exception_ptr failure_said_by([[maybe_unused]] ended<T> const& out) const noexcept {
    if constexpr (carries_error<T>) {
      auto const rule = this->group()->rule();
      if (out.value && looks_into_values(rule)) {
        member_end const end{how_ended(*out.value), this->asked(), false};
        if (has_failed(end) || rule == group_rule::first_value) return error_said_by(*out.value);
      }
    }
    return nullptr;
  }
  std::exception_ptr store(ended<T>&& out) noexcept {
    std::exception_ptr error = std::move(out.error);
    if (!error) {
      try {
        if constexpr (std::is_void_v<T>)
          this->result_.emplace(std::in_place);
        else
          this->result_.emplace(std::in_place, std::move(*out.value));
      } catch (...) {  // moving the value
        error = std::current_exception();
      }
    }
    if (error) this->result_.emplace(error);
    return error;
  }
};

}  // namespace curfew::detail

#endif
