#include <curfew/error.hpp>
#include <curfew/impl/finally.hpp>
#include <new>

namespace curfew::detail {

void open_cleanup(shield_region& shielded, scoped_region& limited, limit const& given,
                  boost::asio::cancellation_state state) {
  shielded.open(never, state);
  if (given.is_never()) return;
  verdict started = verdict::deliver;
  try {
    open_region(limited, by_deadline{given}, past_limit::interrupts, state, started);
  } catch (std::bad_alloc const&) {
    // Better a cleanup without its limit than none.
  }
}

std::exception_ptr close_cleanup(shield_region& shielded, scoped_region& limited,
                                 std::exception_ptr error, boost::asio::cancellation_state state) {
  auto const how = how_ended(error);
  if (limited.is_open() && limited.close(how, state) == verdict::timed_out)
    error = limited.timed_out();
  shielded.close(how, state);
  return error;
}

}  // namespace curfew::detail
