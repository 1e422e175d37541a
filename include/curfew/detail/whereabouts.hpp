#ifndef CURFEW_DETAIL_WHEREABOUTS_HPP
#define CURFEW_DETAIL_WHEREABOUTS_HPP

#include <atomic>
#include <boost/asio/recycling_allocator.hpp>
#include <curfew/detail/request_target.hpp>
#include <new>

namespace curfew::detail {

/// Where an operation is, for news that may arrive after its end. Counted from any thread; where it
/// is, is known on the operation's executor alone.
template <class Op>
class whereabouts {
  using allocator = boost::asio::recycling_allocator<whereabouts>;

 public:
  /// \throws std::bad_alloc
  static target_ref<whereabouts> make(Op* op) {
    whereabouts* const memory = allocator().allocate(1);
    return target_ref<whereabouts>::adopt(new (memory) whereabouts(op));
  }
  void add_ref() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    this->~whereabouts();
    allocator().deallocate(this, 1);
  }

  /// Null once it has ended.
  Op* op() const noexcept { return op_; }
  void set_ended() noexcept { op_ = nullptr; }

 private:
  explicit whereabouts(Op* op) noexcept : op_(op) {}
  ~whereabouts() = default;

  Op* op_;
  std::atomic<unsigned> references_{1};
};

}  // namespace curfew::detail

#endif
