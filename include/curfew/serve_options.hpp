#ifndef CURFEW_SERVE_OPTIONS_HPP
#define CURFEW_SERVE_OPTIONS_HPP

#include <cstddef>
#include <curfew/clock.hpp>
#include <curfew/detail/limit.hpp>
#include <curfew/error.hpp>
#include <curfew/export.hpp>
#include <exception>
#include <functional>
#include <optional>
#include <source_location>
#include <string>
#include <utility>

namespace curfew {

/// How `serve` accepts, and to whom it reports: `serve(acceptor, control, session,
/// serve_options("http").max_connections(1000))`.
///
/// \par Example
/// \snippet serving.cpp options
class CURFEW_EXPORT serve_options {
 public:
  /// Called when an accept failed, with the pause before the next one; zero where there is none.
  using accept_error_handler = std::function<void(error_code, clock::duration pause)>;
  /// Called when a session ended with an error, but for `operation_aborted`.
  using session_error_handler = std::function<void(std::exception_ptr const&)>;

  /// The defaults. The first text is the name of the group.
  serve_options(std::source_location where = std::source_location::current()) : where_(where) {}
  /// \overload
  serve_options(std::string name, std::source_location where = std::source_location::current())
      : name_(std::move(name)), where_(where) {}
  /// \overload
  serve_options(char const* name, std::source_location where = std::source_location::current())
      : serve_options(std::string(name), where) {}

  /// \name Setters, for chains
  /// @{
  /// The name of the group of sessions in reports and dumps.
  serve_options& name(std::string to) & {
    name_ = std::move(to);
    return *this;
  }
  serve_options&& name(std::string to) && { return std::move(name(std::move(to))); }
  /// How many sessions there are at most. At the limit nothing is accepted: who connects waits in
  /// the system's queue. By default there is none. \throws errc::invalid_limit Zero.
  serve_options& max_connections(std::size_t sessions) &;
  serve_options&& max_connections(std::size_t sessions) && {
    return std::move(max_connections(sessions));
  }
  /// Gives each session a strand of its own: needed where several threads run the context. In a
  /// `run` with several it is so by default. Only for acceptors of `any_io_executor`; others name
  /// the executor of their sessions by their own.
  serve_options& strand_per_session(bool on = true) & {
    strand_per_session_ = on;
    return *this;
  }
  serve_options&& strand_per_session(bool on = true) && {
    return std::move(strand_per_session(on));
  }
  /// The pauses after an accept failed because descriptors or memory ran out: the first, which
  /// doubles with each further one, up to the longest. By default 10 ms and 1 s.
  /// \throws errc::invalid_limit One that is not positive, or a first that is longer than the
  /// longest.
  serve_options& back_off(detail::duration_limit first, detail::duration_limit longest) &;
  serve_options&& back_off(detail::duration_limit first, detail::duration_limit longest) && {
    return std::move(back_off(first, longest));
  }
  /// Instead of a line on `std::cerr`, at most one a second. It must not throw.
  serve_options& on_accept_error(accept_error_handler to) & {
    on_accept_error_ = std::move(to);
    return *this;
  }
  serve_options&& on_accept_error(accept_error_handler to) && {
    return std::move(on_accept_error(std::move(to)));
  }
  /// Instead of a line on `std::cerr`, at most one a second, where the peer that left or reset the
  /// connection is no news. Called on the session's executor. It must not throw.
  serve_options& on_session_error(session_error_handler to) & {
    on_session_error_ = std::move(to);
    return *this;
  }
  serve_options&& on_session_error(session_error_handler to) && {
    return std::move(on_session_error(std::move(to)));
  }
  /// @}

  std::string const& name() const noexcept { return name_; }
  /// Zero where there is no limit.
  std::size_t max_connections() const noexcept { return max_connections_; }
  /// Empty where the run decides.
  std::optional<bool> strand_per_session() const noexcept { return strand_per_session_; }
  /// What is set by `back_off`.
  clock::duration first_pause() const noexcept { return first_pause_; }
  /// What is set by `back_off`.
  clock::duration longest_pause() const noexcept { return longest_pause_; }
  accept_error_handler const& on_accept_error() const noexcept { return on_accept_error_; }
  session_error_handler const& on_session_error() const noexcept { return on_session_error_; }
  /// Where the options were made.
  std::source_location const& where() const noexcept { return where_; }

 private:
  std::string name_;
  std::source_location where_;
  std::size_t max_connections_ = 0;
  std::optional<bool> strand_per_session_;
  clock::duration first_pause_ = std::chrono::milliseconds(10);
  clock::duration longest_pause_ = std::chrono::seconds(1);
  accept_error_handler on_accept_error_;
  session_error_handler on_session_error_;
};

}  // namespace curfew

#endif
