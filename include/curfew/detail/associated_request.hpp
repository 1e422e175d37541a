#ifndef CURFEW_DETAIL_ASSOCIATED_REQUEST_HPP
#define CURFEW_DETAIL_ASSOCIATED_REQUEST_HPP

#include <boost/asio/associator.hpp>
#include <curfew/clock.hpp>
#include <curfew/detail/associated_stack.hpp>

namespace curfew::detail {

template <class T, class Candidate>
struct associated_request;

template <class T, class Candidate>
concept forwards_request =
    requires(T const& t) { boost::asio::associator<associated_request, T, Candidate>::get(t); };

/// Whether what a completion handler belongs to has been asked to stop by an instant, told or not,
/// as an associator: by the operations that the handler stands in, or by the regions of the
/// coroutine that it resumes. What a shield holds back is not asked.
template <class T, class Candidate = clock::time_point>
struct associated_request {
  using type = bool;
  static type get(T const& handler) { return get(handler, (clock::time_point::min)()); }
  static type get(T const& handler, clock::time_point at) {
    auto* const stack = region_stack::find(boost::asio::get_associated_cancellation_slot(handler));
    return stack && stack->must_stop(at);
  }
};

template <class T, class Candidate>
  requires forwards_request<T, Candidate>
struct associated_request<T, Candidate>
    : boost::asio::associator<associated_request, T, Candidate> {
  using type = bool;
};

/// Whether the handler's operation has to stop, by what asks around it until `at`.
template <class Handler>
bool asked(Handler const& handler, clock::time_point at) {
  return associated_request<Handler>::get(handler, at);
}

}  // namespace curfew::detail

#endif
