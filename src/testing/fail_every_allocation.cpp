#include <curfew/detail/words.hpp>
#include <curfew/error.hpp>
#include <curfew/testing/detail/allocations.hpp>
#include <curfew/testing/fail_every_allocation.hpp>
#include <iostream>

namespace curfew::testing {

bool is_out_of_memory(std::exception_ptr const& error) noexcept {
  if (!error) return false;
  try {
    std::rethrow_exception(error);
  } catch (std::bad_alloc const&) {
    return true;
  } catch (boost::system::system_error const& e) {
    return e.code() == boost::system::errc::not_enough_memory;
  } catch (...) {
    return false;
  }
}

namespace detail {
namespace {

std::string quoted(std::string const& words) {
  return words.empty() ? "a value" : '"' + words + '"';
}

}  // namespace

void failing_allocation::begin(std::size_t n) noexcept { allocations::fail(n); }
void failing_allocation::end() noexcept {
  happened_ = happened_ || allocations::has_failed();
  allocations::fail(0);
}

void require_replaced_new() {
  if (allocations::are_replaced()) return;
  throw boost::system::system_error(errc::invalid_state,
                                    "fail_every_allocation needs #include "
                                    "<curfew/testing/replace_new.hpp> in one file of the program");
}

void check_starved_end(std::exception_ptr const& ended, std::exception_ptr const& undisturbed) {
  if (is_out_of_memory(ended)) return;
  auto const now = curfew::detail::in_words(ended), before = curfew::detail::in_words(undisturbed);
  if (now != before)
    throw test_failure("the scenario ended with " + quoted(now) + " where it ends with " +
                       quoted(before) +
                       " when there is memory, and not with an error that says that there is none");
}

void rethrow_in_allocation(std::size_t n) {
  std::cerr << "curfew: the scenario failed when allocation " + std::to_string(n) +
                   " found no memory\n"
            << std::flush;
  throw;
}

}  // namespace detail
}  // namespace curfew::testing
