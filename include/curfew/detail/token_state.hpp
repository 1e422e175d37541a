#ifndef CURFEW_DETAIL_TOKEN_STATE_HPP
#define CURFEW_DETAIL_TOKEN_STATE_HPP

#include <atomic>
#include <cstdint>
#include <curfew/cancellation_reason.hpp>
#include <curfew/detail/list_hook.hpp>
#include <curfew/detail/request_target.hpp>
#include <curfew/detail/spin_lock.hpp>
#include <curfew/export.hpp>
#include <memory>
#include <span>
#include <utility>

namespace curfew::detail {

class token_state;
using token_ref = target_ref<token_state>;

/// Who is told when a token is cancelled: lives in whatever listens. The fields but `target` and
/// `id` belong to the token's state.
struct token_node : list_hook {
  enum class state : std::uint8_t { idle, linked, fired };

  request_target* target = nullptr;
  std::uint64_t id = 0;
  std::atomic<state> where{state::idle};
};

/// Binds a state to another library's kind of request, as `std::stop_token`.
class CURFEW_EXPORT token_tie {
 public:
  token_tie() = default;
  token_tie(token_tie const&) = delete;
  token_tie& operator=(token_tie const&) = delete;
  virtual ~token_tie();
  /// The state is cancelled. On the thread of whoever asks, outside every lock; may come twice.
  virtual void pass_on() noexcept {}
};

/// What a source and its tokens share: a level that rises once, whoever listens to it, and the
/// states that are derived from it.
///
/// Invariants:
/// 1. `phase_` goes from `live` over `marking` to `marked`, under `lock_`; `why_` is written before
///    it leaves `live` and never again, so that whoever sees it left reads `why_` without the lock.
/// 2. A node is in `listeners_`, and a link in its parent's `children_`, only while it is linked
///    under that state's `lock_`. Nothing joins either list once the state is not live.
/// 3. A node that becomes `fired` has had a reference to its target added for the telling.
/// 4. A state keeps its parents; they know it only through its links, which its end takes out. A
///    parent that finds a child's count at zero lets it be: the child is about to take them out.
/// 5. Everything derived from a state is marked before anybody is told, and before any `cancel` of
///    one of them returns.
/// Lock order: no two locks are ever held at a time, and nothing is called under one.
class CURFEW_EXPORT token_state {
 public:
  /// A state of its own, or one that is cancelled with any of `parents`.
  /// \throws std::bad_alloc
  static token_ref make(std::span<token_ref const> parents = {});

  void add_ref() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  /// False at its end.
  bool try_add_ref() noexcept;
  void release() noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy(this);
  }

  bool cancelled() const noexcept { return phase_.load(std::memory_order_acquire) != phase::live; }
  /// Why, by the first request; empty while nobody asked.
  cancellation_reason reason() const {
    return cancelled() ? *why_ : cancellation_reason(cancellation_cause::none);
  }

  /// The same where it is kept. \pre It is cancelled.
  cancellation_reason const& said() const noexcept { return *why_; }

  /// Cancels this and everything derived from it, and tells everybody. Returns whether this request
  /// was the first; then all that is derived is cancelled as well, whoever was.
  /// \pre The caller has a reference.
  /// \throws std::bad_alloc Nothing happened; or somebody could not be told, but the others were.
  bool cancel(cancellation_reason reason);

  /// Has `node.target` told. False, and the node is idle still, when it was cancelled already.
  bool add(token_node& node) noexcept;
  /// Returns whether the target is certain not to be told, now or later.
  bool remove(token_node& node) noexcept {
    auto const where = node.where.load(std::memory_order_acquire);
    if (where == token_node::state::linked) return unlink(node);
    return where == token_node::state::idle;
  }

  /// Keeps what may cancel this, until its end. \pre By whoever made this, before it is shared.
  void set_incoming(std::unique_ptr<token_tie> tie) noexcept { incoming_ = std::move(tie); }
  /// What is told of a request; null where there is none.
  token_tie* outgoing() noexcept;
  /// The same, `tie` where there was none.
  token_tie& set_outgoing(std::unique_ptr<token_tie> tie) noexcept;
  /// How many listen and how many states are derived, for tests.
  std::size_t count_listeners() noexcept;
  std::size_t count_children() noexcept;

 private:
  enum class phase : std::uint8_t { live, marking, marked };
  using reason_ptr = std::shared_ptr<cancellation_reason const>;

  /// One parent of a state, in the parent's list of children.
  struct link : list_hook {
    token_state* child = nullptr;
    token_state* parent = nullptr;  ///< With a reference.
  };

  token_state() = default;
  ~token_state() = default;

  void join(link& to, token_ref const& parent);
  bool mark(reason_ptr const& why) noexcept;
  void wait_until_marked() const noexcept;
  token_state* take_child() noexcept;
  void tell(std::exception_ptr& failure) noexcept;
  bool tell_next();
  bool unlink(token_node& node) noexcept;
  static void destroy(token_state* state) noexcept;

  std::atomic<std::uint32_t> references_{1};
  std::atomic<phase> phase_{phase::live};
  spin_lock lock_;
  reason_ptr why_;
  list_hook listeners_;
  list_hook children_;
  link first_parent_;  ///< Most have one at most.
  std::unique_ptr<link[]> more_parents_;
  std::size_t count_more_ = 0;
  token_state* next_ = nullptr;  ///< In the list of those that one request marks, or one end ends.
  std::unique_ptr<token_tie> incoming_;
  std::unique_ptr<token_tie> outgoing_;  ///< Set once, under `lock_`.
};

}  // namespace curfew::detail

#endif
