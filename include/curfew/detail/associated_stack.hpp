#ifndef CURFEW_DETAIL_ASSOCIATED_STACK_HPP
#define CURFEW_DETAIL_ASSOCIATED_STACK_HPP

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associator.hpp>
#include <curfew/detail/region_stack.hpp>

namespace curfew::detail {

template <class T, class Candidate>
struct associated_stack;

template <class T, class Candidate>
concept forwards_stack =
    requires(T const& t) { boost::asio::associator<associated_stack, T, Candidate>::get(t); };

/// The region stack of the coroutine that a completion handler resumes, as an associator, so that
/// it is found through every handler that forwards its associated characteristics. Only the
/// coroutine's own handler has the slot that identifies it.
template <class T, class Candidate = region_stack*>
struct associated_stack {
  using type = region_stack*;
  static type get(T const& handler) noexcept {
    return region_stack::find(boost::asio::get_associated_cancellation_slot(handler));
  }
  static type get(T const& handler, Candidate const&) noexcept { return get(handler); }
};

template <class T, class Candidate>
  requires forwards_stack<T, Candidate>
struct associated_stack<T, Candidate> : boost::asio::associator<associated_stack, T, Candidate> {
  using type = region_stack*;
};

template <class Handler>
region_stack* get_associated_stack(Handler const& handler) noexcept {
  return associated_stack<Handler>::get(handler);
}

}  // namespace curfew::detail

#endif
