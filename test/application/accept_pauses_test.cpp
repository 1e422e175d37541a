#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>
#include <curfew/detail/accept_pauses.hpp>

BOOST_AUTO_TEST_SUITE(accept_pauses)

namespace {

namespace condition = boost::system::errc;
using namespace std::chrono_literals;

boost::system::error_code code(condition::errc_t value) {
  return {static_cast<int>(value), boost::system::system_category()};
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_runs_out_is_waited_for_twice_as_long_each_time) {
  curfew::detail::accept_pauses pauses(10ms, 70ms);
  auto const emfile = code(condition::too_many_files_open);
  BOOST_TEST((pauses.failed(emfile) == 10ms));
  BOOST_TEST((pauses.failed(emfile) == 20ms));
  BOOST_TEST((pauses.failed(emfile) == 40ms));
  for (int i = 0; i < 1000; ++i) BOOST_TEST((pauses.failed(emfile) == 70ms));
  pauses.succeeded();
  BOOST_TEST((pauses.failed(emfile) == 10ms));
}

BOOST_AUTO_TEST_CASE(what_is_the_connections_own_fault_is_not_waited_for_until_it_is_too_much) {
  curfew::detail::accept_pauses pauses(10ms, 1s);
  auto const gone = code(condition::connection_aborted);
  for (int i = 0; i < 16; ++i) BOOST_TEST((pauses.failed(gone) == 0ms));
  BOOST_TEST((pauses.failed(gone) == 10ms));
  BOOST_TEST((pauses.failed(gone) == 20ms));
  for (int i = 0; i < 1000; ++i) BOOST_TEST((pauses.failed(gone) <= 1s));
}

BOOST_AUTO_TEST_CASE(where_there_is_nothing_to_accept_from_it_says_so) {
  for (auto const error : {condition::bad_file_descriptor, condition::invalid_argument,
                           condition::not_a_socket, condition::operation_not_supported}) {
    curfew::detail::accept_pauses pauses(10ms, 1s);
    BOOST_TEST(!pauses.failed(code(error)).has_value());
  }
}

BOOST_AUTO_TEST_CASE(what_is_not_known_is_waited_for) {
  curfew::detail::accept_pauses pauses(10ms, 1s);
  BOOST_TEST((pauses.failed(code(condition::not_enough_memory)) == 10ms));
  BOOST_TEST((pauses.failed({12345, boost::system::system_category()}) == 20ms));
}

BOOST_AUTO_TEST_CASE(a_peer_that_has_gone_is_a_departure_and_a_limit_is_none) {
  using curfew::detail::is_departure;
  BOOST_TEST(is_departure(boost::asio::error::eof));
  BOOST_TEST(is_departure(boost::asio::error::connection_reset));
  BOOST_TEST(is_departure(boost::asio::error::broken_pipe));
  BOOST_TEST(!is_departure(curfew::errc::timed_out));
  BOOST_TEST(!is_departure(boost::asio::error::operation_aborted));
}

BOOST_AUTO_TEST_SUITE_END()
