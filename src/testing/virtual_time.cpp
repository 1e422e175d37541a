#include <curfew/testing/virtual_time.hpp>

#include <algorithm>
#include <curfew/error.hpp>

namespace curfew::testing {
namespace {

// The same in every run, and far enough from the beginning of time for deadlines in the past.
constexpr clock::time_point start{std::chrono::hours(24)};

}  // namespace

virtual_time::virtual_time(boost::asio::io_context& context)
    : context_(&context), deadlines_(&detail::deadline_service::of(context)) {
  if (deadlines_->has_virtual_time())
    throw boost::system::system_error(errc::invalid_state,
                                      "the context has a virtual_time already");
  deadlines_->start_virtual_time(start);
}

virtual_time::~virtual_time() { deadlines_->stop_virtual_time(); }

void virtual_time::settle() {
  do {
    if (context_->stopped()) context_->restart();
  } while (context_->poll() != 0);
}

void virtual_time::advance_by(detail::limit limit) {
  auto const target = limit.from(now());
  if (target < now()) throw boost::system::system_error(errc::invalid_limit);
  settle();
  jump_until(target);
  if (target == clock::time_point::max()) return;
  deadlines_->advance_to(std::max(target, now()));
  settle();
}

void virtual_time::run() {
  settle();
  jump_until(clock::time_point::max());
}

void virtual_time::jump_until(clock::time_point last) {
  for (;;) {
    auto const next = deadlines_->next_deadline();
    if (next == clock::time_point::max() || next > last) return;
    deadlines_->advance_to(std::max(next, now()));
    settle();
  }
}

}  // namespace curfew::testing
