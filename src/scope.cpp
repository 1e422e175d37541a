#include <boost/asio/error.hpp>
#include <curfew/error.hpp>
#include <curfew/impl/scope.hpp>
#include <string>

namespace curfew::detail {

bool open_region(scoped_region& scope, by_deadline const& by, past_limit if_past,
                 boost::asio::cancellation_state, verdict& decided) {
  auto& stack = scope.stack();
  auto const& given = by.given;
  auto const present = given.is_never() ? clock::time_point() : stack.deadlines().now();
  auto const deadline = given.from(present);
  if (deadline > present) {
    scope.open(deadline, present);
  } else if (if_past == past_limit::is_ignored) {
    scope.open(clock::time_point::max(), present);
  } else if (if_past == past_limit::interrupts) {
    scope.open_expired(deadline, present);
  } else {
    scope.refuse(deadline, present);
    decided = decide_unstarted(stack.must_stop(present));
    return false;
  }
  return true;
}

void throw_aborted(std::exception_ptr const& error) {
  error_code const aborted = boost::asio::error::operation_aborted;
  if (error) {
    try {
      std::rethrow_exception(error);
    } catch (boost::system::system_error const& e) {
      if (e.code() == aborted) throw;
    } catch (...) {
    }
  }
  throw boost::system::system_error(aborted, "co_await");
}

void require_awaitable(bool valid) {
  if (!valid)
    throw boost::system::system_error(
        make_error_code(errc::invalid_state),
        "the awaitable is empty: it was moved from, or awaited before");
}

}  // namespace curfew::detail
