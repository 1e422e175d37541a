#include <curfew/detail/accept_pauses.hpp>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <initializer_list>

namespace curfew::detail {
namespace {

namespace condition = boost::system::errc;

bool is_one_of(error_code error, std::initializer_list<condition::errc_t> all) noexcept {
  return std::ranges::any_of(all, [&](condition::errc_t one) { return error == one; });
}

// What accept(2) passes on of the connection that it would have given, and a cancel of somebody
// else's.
bool is_connections_own(error_code error) noexcept {
  return error == boost::asio::error::operation_aborted ||
         is_one_of(
             error,
             {condition::connection_aborted, condition::connection_reset, condition::interrupted,
              condition::operation_would_block, condition::resource_unavailable_try_again,
              condition::protocol_error, condition::network_down, condition::network_unreachable,
              condition::host_unreachable, condition::timed_out, condition::permission_denied});
}

bool is_final(error_code error) noexcept {
  return is_one_of(error, {condition::bad_file_descriptor, condition::invalid_argument,
                           condition::not_a_socket, condition::operation_not_supported});
}

// So often in a row that it is not the connections' own fault.
constexpr unsigned many = 16;

}  // namespace

std::optional<clock::duration> accept_pauses::failed(error_code error) noexcept {
  if (is_final(error)) return {};
  failures_ = std::min(failures_ + 1, many * 4);
  auto times = failures_;
  if (is_connections_own(error)) {
    if (failures_ <= many) return clock::duration::zero();
    times -= many;
  }
  auto pause = first_;
  for (unsigned i = 1; i < times && pause < longest_; ++i) pause *= 2;
  return std::min(pause, longest_);
}

bool is_departure(error_code error) noexcept {
  return error == boost::asio::error::eof ||
         is_one_of(error, {condition::connection_reset, condition::broken_pipe,
                           condition::connection_aborted, condition::not_connected});
}

}  // namespace curfew::detail
