#define BOOST_TEST_MODULE curfew
#ifdef CURFEW_TEST_HEADER_ONLY
#include <boost/test/included/unit_test.hpp>
#else
#include <boost/test/unit_test.hpp>
#endif

#include "hang_report.hpp"
