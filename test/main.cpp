#define BOOST_TEST_MODULE curfew
#ifdef CURFEW_TEST_HEADER_ONLY
#include <boost/test/included/unit_test.hpp>
#else
#include <boost/test/unit_test.hpp>
#endif

#include "hang_report.hpp"

#if defined(__SANITIZE_THREAD__)
#define CURFEW_TEST_SEES_RACES 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CURFEW_TEST_SEES_RACES 1
#endif
#endif

#ifdef CURFEW_TEST_SEES_RACES
// The sanitizer knows no fences, by which Asio counts who shares an executor, and does not see into
// libstdc++, which counts who shares an exception: whoever reads what that says seems to race with
// whoever lets go of it last.
extern "C" char const* __tsan_default_suppressions();
extern "C" char const* __tsan_default_suppressions() {
  return "race:boost::asio::execution::detail::any_executor_base::destroy_shared\n"
         "race:boost::asio::execution::detail::shared_target_executor\n"
         "race:std::__exception_ptr::exception_ptr::_M_release\n"
         "race:std::runtime_error::~runtime_error\n"
         "race:system_error::~system_error\n"
         "race:exception_group::~exception_group\n";
}
#endif
