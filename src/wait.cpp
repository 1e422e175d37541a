#include <curfew/error.hpp>
#include <curfew/impl/wait.hpp>
#include <string>

namespace curfew::detail {

void require_tasks(bool some, char const* function) {
  if (!some)
    throw boost::system::system_error(
        make_error_code(errc::invalid_state),
        std::string(function) + " was given no tasks: it would never know that it is done");
}

}  // namespace curfew::detail
