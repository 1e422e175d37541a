#ifndef CURFEW_DETAIL_INLINE_DEPTH_HPP
#define CURFEW_DETAIL_INLINE_DEPTH_HPP

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/post.hpp>
#include <curfew/export.hpp>
#include <tuple>
#include <utility>

namespace curfew::detail {

/// How many handlers this thread is completing from inside their initiation. Each such completion
/// stands on the stack of the one before, so there must be an end to it.
CURFEW_EXPORT unsigned& inline_depth() noexcept;
inline constexpr unsigned max_inline_depth = 64;

/// A handler with its results, to be handed to an executor.
template <class Handler, class... Results>
struct completion {
  using allocator_type = boost::asio::associated_allocator_t<Handler>;

  template <class... Rs>
  explicit completion(Handler&& h, Rs&&... rs)
      : handler(std::move(h)), results(std::forward<Rs>(rs)...) {}

  allocator_type get_allocator() const noexcept {
    return boost::asio::get_associated_allocator(handler);
  }
  void operator()() {
    std::apply([this](Results&... all) { std::move(handler)(std::move(all)...); }, results);
  }

  Handler handler;
  std::tuple<Results...> results;
};

/// Completes through the executor's queue.
template <class Handler, class Executor, class... Results>
void complete_posted(Handler&& handler, Executor const& executor, Results&&... results) {
  boost::asio::post(executor, completion<std::decay_t<Handler>, std::decay_t<Results>...>(
                                  std::move(handler), std::forward<Results>(results)...));
}

/// Completes at once, without a trip through the loop, except for every 64th in a row. For
/// operations that are awaited in coroutines, on their own executor.
template <class Handler, class Executor, class... Results>
void complete_inline(Handler&& handler, Executor const& executor, Results&&... results) {
  auto& depth = inline_depth();
  if (depth >= max_inline_depth)
    return complete_posted(std::move(handler), executor, std::forward<Results>(results)...);
  struct level {
    unsigned& depth;
    explicit level(unsigned& d) : depth(++d) {}
    ~level() { --depth; }
  } const deeper(depth);
  auto taken = std::move(handler);
  std::move(taken)(std::forward<Results>(results)...);
}

}  // namespace curfew::detail

#endif
