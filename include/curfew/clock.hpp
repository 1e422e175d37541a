#ifndef CURFEW_CLOCK_HPP
#define CURFEW_CLOCK_HPP

#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/query.hpp>
#include <chrono>
#include <curfew/export.hpp>
#include <type_traits>

namespace curfew {

/// The clock of every limit: monotonic, so that a changed wall clock neither fires nor delays one.
/// Whether it counts while the machine sleeps is the system's choice (on Linux it does not).
using clock = std::chrono::steady_clock;

/// A limit that does not end; see `never`.
struct never_t {
  explicit constexpr never_t() = default;
};

/// Given as a limit or a time point, it never passes and arms no timer. Infinite floating
/// durations, `duration::max()`, `time_point::max()` and whatever overflows mean the same.
///
/// \par Example
/// \snippet limits.cpp never
inline constexpr never_t never{};

namespace detail {
CURFEW_EXPORT clock::time_point now_of(boost::asio::execution_context& context);
}

/// The present time of a context: `clock::now()`, or the virtual time of a context to which a
/// `testing::virtual_time` is attached. Durations measured with it stand still and jump with the
/// limits, which is what a test wants.
///
/// \par Thread safety
/// Distinct and shared contexts: safe.
/// \par Example
/// \snippet limits.cpp now
struct now_fn {
  /// \param where An execution context, or an executor of one.
  template <class Where>
  clock::time_point operator()(Where const& where) const {
    return detail::now_of(boost::asio::query(where, boost::asio::execution::context));
  }
  template <class Context>
    requires std::is_convertible_v<Context&, boost::asio::execution_context&>
  clock::time_point operator()(Context& context) const {
    return detail::now_of(context);
  }
};

/// \copydoc now_fn
inline constexpr now_fn now{};

}  // namespace curfew

#endif
