#ifndef CURFEW_DETAIL_CONTEXT_EXECUTOR_HPP
#define CURFEW_DETAIL_CONTEXT_EXECUTOR_HPP

#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/executor.hpp>
#include <boost/asio/execution_context.hpp>
#include <utility>

namespace curfew::detail {

/// Belongs to a context and runs a function where it is handed over. For the one timer of the
/// deadline queue: it must run on no caller's strand, where it would wait behind the caller's work.
class context_executor {
 public:
  explicit context_executor(boost::asio::execution_context& context) noexcept
      : context_(&context) {}

  boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept {
    return *context_;
  }
  static constexpr boost::asio::execution::blocking_t query(
      boost::asio::execution::blocking_t) noexcept {
    return boost::asio::execution::blocking.always;
  }
  template <class F>
  void execute(F&& f) const {
    std::forward<F>(f)();
  }
  bool operator==(context_executor const&) const noexcept = default;

 private:
  boost::asio::execution_context* context_;
};

}  // namespace curfew::detail

#endif
