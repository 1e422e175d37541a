#ifndef CURFEW_IMPL_IDLE_HPP
#define CURFEW_IMPL_IDLE_HPP

#include <curfew/cancellation_token.hpp>
#include <curfew/detail/asking_regions.hpp>
#include <curfew/impl/move_on.hpp>
#include <curfew/operation.hpp>
#include <utility>

namespace curfew::detail {

class idle_region;

/// The block ends quietly when a drain begins.
struct by_draining {
  using region = idle_region;
  using handle = no_handle;
  token_ref token;  ///< Whose; where none was given, that of the run around.
  bool given = false;
};

/// The block of `idle`. Where nothing can drain it, it asks for nothing.
class CURFEW_EXPORT idle_region : public token_region {
 public:
  using token_region::token_region;
  ~idle_region() { stack_->note().end(this); }

  /// False, and decided, when the drain has begun.
  bool open(by_draining const& by, verdict& decided);
  verdict close(ending how, boost::asio::cancellation_state state);
};

inline bool open_region(idle_region& region, by_draining const& by, past_limit,
                        boost::asio::cancellation_state, verdict& decided) {
  return region.open(by, decided);
}

template <class Executor, class Op>
auto run_idle(Op&& op, by_draining by, std::source_location where) {
  require_operation<Op>();
  if constexpr (awaitable_operation<Op>) {
    using body = awaited<std::decay_t<Op>>;
    require_awaitable(op.valid());
    return run_scope<moving_on<typename body::value_type>>(std::move(by), body(std::move(op)),
                                                           where);
  } else {
    using body = deferred_body<std::decay_t<Op>, Executor>;
    return run_scope<moving_on_unpacked<typename body::tuple>>(
        std::move(by), body(std::decay_t<Op>(std::forward<Op>(op))), where);
  }
}

}  // namespace curfew::detail

#endif
