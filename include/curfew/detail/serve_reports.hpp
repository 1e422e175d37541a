#ifndef CURFEW_DETAIL_SERVE_REPORTS_HPP
#define CURFEW_DETAIL_SERVE_REPORTS_HPP

#include <cstddef>
#include <curfew/clock.hpp>
#include <curfew/detail/spin_lock.hpp>
#include <curfew/export.hpp>
#include <curfew/serve_options.hpp>
#include <exception>
#include <string>

namespace curfew::detail {

/// To whom a server reports, from whatever thread: the handlers of its options, or `std::cerr`.
class CURFEW_EXPORT serve_reports {
 public:
  explicit serve_reports(serve_options const& options) : options_(options) {}

  void accept_failed(error_code error, clock::duration pause) noexcept;
  void session_failed(std::exception_ptr const& error) noexcept;

 private:
  void write(std::string const& line);

  serve_options const& options_;
  spin_lock lock_;
  clock::time_point last_ = (clock::time_point::min)();
  std::size_t left_out_ = 0;
};

/// Throws where nothing can be accepted.
CURFEW_EXPORT void require_open(bool open);

}  // namespace curfew::detail

#endif
