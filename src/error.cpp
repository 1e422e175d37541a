#include <curfew/error.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/experimental/channel_error.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <string>
#include <utility>

namespace curfew {
namespace {

namespace asio = boost::asio;

class category final : public boost::system::error_category {
 public:
  // The id keeps the category equal to itself across shared libraries.
  constexpr category() noexcept : boost::system::error_category(0x637572666577ULL) {}

  char const* name() const noexcept override { return "curfew"; }

  std::string message(int value) const override {
    switch (static_cast<errc>(value)) {
      case errc::timed_out: return "the time limit passed";
      case errc::group_closed: return "the task group takes no more tasks";
      case errc::shutting_down: return "shutting down";
      case errc::queue_closed: return "the queue is closed";
      case errc::invalid_state: return "not possible in the present state";
      case errc::invalid_limit: return "not a valid limit";
      case errc::deadlock: return "waiting could never end";
      case errc::task_cancelled: return "the task was cancelled";
    }
    return "unknown curfew error " + std::to_string(value);
  }

  boost::system::error_condition default_error_condition(int value) const noexcept override {
    namespace condition = boost::system::errc;
    switch (static_cast<errc>(value)) {
      case errc::timed_out: return condition::make_error_condition(condition::timed_out);
      case errc::invalid_limit: return condition::make_error_condition(condition::invalid_argument);
      case errc::deadlock:
        return condition::make_error_condition(condition::resource_deadlock_would_occur);
      default: return {value, *this};
    }
  }
};

constinit category const the_category;

std::string describe(std::vector<std::exception_ptr> const& exceptions) {
  std::string text = std::to_string(exceptions.size()) + " tasks failed";
  if (exceptions.empty()) return text;
  try {
    std::rethrow_exception(exceptions.front());
  } catch (std::exception const& e) {
    return text + ", first: " + e.what();
  } catch (...) {
    return text;
  }
}

}  // namespace

error_code detail::code_of(std::exception_ptr const& error) noexcept {
  if (!error) return {};
  try {
    std::rethrow_exception(error);
  } catch (boost::system::system_error const& e) {
    return e.code();
  } catch (asio::multiple_exceptions const& e) {
    return code_of(e.first_exception());
  } catch (...) {
    return {};
  }
}

boost::system::error_category const& error_category() noexcept { return the_category; }

bool is_cancellation(error_code error) noexcept {
  return error == asio::error::operation_aborted ||
         error == asio::experimental::error::channel_cancelled ||
         error == boost::system::errc::operation_canceled;
}

bool is_cancellation(std::exception_ptr const& error) noexcept {
  return is_cancellation(detail::code_of(error));
}

bool is_timeout(error_code error) noexcept { return error == make_error_code(errc::timed_out); }

bool is_timeout(std::exception_ptr const& error) noexcept {
  return is_timeout(detail::code_of(error));
}

exception_group::exception_group(std::vector<std::exception_ptr> exceptions)
    : exceptions_(std::move(exceptions)), what_(describe(exceptions_)) {}

exception_group::~exception_group() = default;

char const* exception_group::what() const noexcept { return what_.c_str(); }

}  // namespace curfew
