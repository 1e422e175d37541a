#include <curfew/detail/check.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstdio>
#include <cstdlib>

namespace curfew::detail {
namespace {

template <class Executor>
bool knows_it_is_elsewhere(boost::asio::any_io_executor const& executor) noexcept {
  auto const* known = executor.target<Executor>();
  return known && !known->running_in_this_thread();
}

template <class Executor>
bool knows_it_is_here(boost::asio::any_io_executor const& executor) noexcept {
  auto const* known = executor.target<Executor>();
  return known && known->running_in_this_thread();
}

}  // namespace

void misused(char const* what) noexcept {
  std::fprintf(stderr, "curfew: %s\n", what);
  std::abort();
}

bool certainly_elsewhere(boost::asio::any_io_executor const& executor) noexcept {
  using boost::asio::any_io_executor;
  using boost::asio::strand;
  using io = boost::asio::io_context::executor_type;
  using pool = boost::asio::thread_pool::executor_type;
  return knows_it_is_elsewhere<io>(executor) || knows_it_is_elsewhere<pool>(executor) ||
         knows_it_is_elsewhere<strand<io>>(executor) ||
         knows_it_is_elsewhere<strand<pool>>(executor) ||
         knows_it_is_elsewhere<strand<any_io_executor>>(executor);
}

bool certainly_here(boost::asio::any_io_executor const& executor) noexcept {
  using boost::asio::any_io_executor;
  using boost::asio::strand;
  using io = boost::asio::io_context::executor_type;
  using pool = boost::asio::thread_pool::executor_type;
  return knows_it_is_here<io>(executor) || knows_it_is_here<strand<io>>(executor) ||
         knows_it_is_here<strand<any_io_executor>>(executor) ||
         knows_it_is_here<strand<pool>>(executor);
}

}  // namespace curfew::detail
