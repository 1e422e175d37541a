#include <boost/asio/error.hpp>
#include <curfew/error.hpp>
#include <curfew/impl/scope.hpp>
#include <string>

namespace curfew::detail {

void throw_timed_out(std::source_location const& where) {
  throw boost::system::system_error(make_error_code(errc::timed_out),
                                    to_string(cancellation_reason(cancellation_cause::deadline,
                                                                  {}, where)));
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
