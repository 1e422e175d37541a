#include <curfew/error.hpp>
#include <curfew/impl/race.hpp>
#include <string>

namespace curfew::detail {

void require_some(bool some, char const* function) {
  if (!some)
    throw boost::system::system_error(
        make_error_code(errc::invalid_state),
        std::string(function) + " was given nothing: it takes one operation or more");
}

void check_branches(branches_state const& state) {
  if (state.broken) std::rethrow_exception(state.broken);
  if (raises(state.rule) && state.failure) std::rethrow_exception(state.failure);
  if (state.outside_asked && state.cut_short) throw_aborted(nullptr);
}

void throw_not_started() {
  throw boost::system::system_error(
      boost::system::error_code(boost::asio::error::operation_aborted),
      "cancelled before it began");
}

void throw_all(std::vector<std::exception_ptr> failures) {
  std::erase(failures, nullptr);
  if (failures.size() == 1) std::rethrow_exception(failures.front());
  throw exception_group(std::move(failures));
}

}  // namespace curfew::detail
