#include <curfew/detail/serve_reports.hpp>

#include <boost/system/system_error.hpp>
#include <curfew/detail/accept_pauses.hpp>
#include <curfew/detail/words.hpp>
#include <iostream>
#include <mutex>
#include <utility>

namespace curfew {

serve_options& serve_options::max_connections(std::size_t sessions) & {
  if (sessions == 0)
    throw boost::system::system_error(make_error_code(errc::invalid_limit),
                                      "a server with no connections at all would accept nothing");
  max_connections_ = sessions;
  return *this;
}

serve_options& serve_options::back_off(detail::duration_limit first,
                                       detail::duration_limit longest) & {
  auto const shortest = first.value().from({}).time_since_epoch();
  auto const most = longest.value().from({}).time_since_epoch();
  if (shortest <= clock::duration::zero() || shortest > most)
    throw boost::system::system_error(
        make_error_code(errc::invalid_limit),
        "the first pause of a back-off is positive and no longer than the longest");
  first_pause_ = shortest;
  longest_pause_ = most;
  return *this;
}

namespace detail {
namespace {

bool is_departure_of_peer(std::exception_ptr const& error) noexcept {
  try {
    std::rethrow_exception(error);
  } catch (boost::system::system_error const& known) {
    return is_departure(known.code());
  } catch (...) {
    return false;
  }
}

}  // namespace

void serve_reports::accept_failed(error_code error, clock::duration pause) noexcept {
  if (options_.on_accept_error()) return options_.on_accept_error()(error, pause);
  try {
    write("cannot accept: " + error.message() +
          (pause > clock::duration::zero() ? "; the next try is in " + in_words(pause) : ""));
  } catch (...) {  // nothing can be done about it
  }
}

void serve_reports::session_failed(std::exception_ptr const& error) noexcept {
  if (options_.on_session_error()) return options_.on_session_error()(error);
  if (is_departure_of_peer(error)) return;
  try {
    write("a session failed: " + in_words(error));
  } catch (...) {  // nothing can be done about it
  }
}

void serve_reports::write(std::string const& line) {
  std::size_t left_out = 0;
  {
    std::lock_guard guard(lock_);
    auto const present = clock::now();
    if (last_ != clock::time_point::min() && present - last_ < std::chrono::seconds(1)) {
      ++left_out_;
      return;
    }
    last_ = present;
    left_out = std::exchange(left_out_, 0);
  }
  std::cerr << "curfew: server" + (options_.name().empty() ? "" : " \"" + options_.name() + '"') +
                   ": " + line +
                   (left_out == 0 ? "" : " (" + std::to_string(left_out) + " more were left out)") +
                   '\n';
}

void require_open(bool open) {
  if (!open)
    throw boost::system::system_error(
        make_error_code(errc::invalid_state),
        "serve: the acceptor is closed: open, bind and let it listen before");
}

}  // namespace detail
}  // namespace curfew
