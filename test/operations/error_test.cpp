#include "../support.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <set>

BOOST_AUTO_TEST_SUITE(error)

namespace {

using curfew::errc;
using curfew::is_cancellation;
using curfew::is_timeout;
namespace sys = boost::system::errc;

constexpr errc all[] = {errc::timed_out,    errc::group_closed,  errc::shutting_down,
                        errc::queue_closed, errc::invalid_state, errc::invalid_limit,
                        errc::deadlock};

std::exception_ptr thrown(error_code error) { return std::make_exception_ptr(system_error(error)); }

}  // namespace

BOOST_AUTO_TEST_CASE(an_expired_limit_is_the_condition_timed_out_and_not_the_systems_own) {
  error_code const late = errc::timed_out;
  BOOST_TEST((late == sys::timed_out));
  BOOST_TEST(late != error_code(asio::error::timed_out));
  BOOST_TEST(late != error_code(ETIMEDOUT, boost::system::system_category()));
  BOOST_TEST(late != error_code(ETIMEDOUT, boost::system::generic_category()));
  BOOST_TEST(late.failed());
}

BOOST_AUTO_TEST_CASE(a_timeout_is_never_a_kind_of_cancellation) {
  BOOST_TEST(!is_cancellation(errc::timed_out));
  BOOST_TEST(!is_cancellation(thrown(errc::timed_out)));
  BOOST_TEST((error_code(errc::timed_out) != sys::operation_canceled));
}

BOOST_AUTO_TEST_CASE(each_error_has_a_message_of_its_own) {
  std::set<std::string> messages;
  for (auto e : all) {
    error_code const code = e;
    BOOST_TEST(code.failed());
    BOOST_TEST(code.category().name() == "curfew");
    BOOST_TEST(!code.message().empty());
    messages.insert(code.message());
  }
  BOOST_TEST(messages.size() == std::size(all));
  BOOST_TEST(error_code(99, curfew::error_category()).message() == "unknown curfew error 99");
}

BOOST_AUTO_TEST_CASE(errors_equal_the_conditions_that_mean_the_same) {
  BOOST_TEST((error_code(errc::invalid_limit) == sys::invalid_argument));
  BOOST_TEST((error_code(errc::deadlock) == sys::resource_deadlock_would_occur));
  BOOST_TEST((error_code(errc::group_closed) != sys::timed_out));
  for (auto e : all) BOOST_TEST((error_code(e) == make_error_code(e)));
}

BOOST_AUTO_TEST_CASE(the_aborts_of_asio_and_of_the_system_are_cancellations) {
  for (error_code const code : {error_code(asio::error::operation_aborted),
                                error_code(asio::experimental::error::channel_cancelled),
                                error_code(make_error_code(sys::operation_canceled)),
                                error_code(ECANCELED, boost::system::system_category())}) {
    BOOST_TEST(is_cancellation(code), code.message());
    BOOST_TEST(is_cancellation(thrown(code)), code.message());
    BOOST_TEST(!is_timeout(code));
  }
}

BOOST_AUTO_TEST_CASE(everything_else_is_neither_cancellation_nor_timeout) {
  for (error_code const code :
       {error_code(), error_code(asio::error::eof), error_code(asio::error::timed_out),
        error_code(asio::experimental::error::channel_closed), error_code(errc::queue_closed),
        error_code(1, boost::system::generic_category()),
        error_code(1, boost::system::system_category())}) {
    BOOST_TEST(!is_cancellation(code), code.message());
    BOOST_TEST(!is_timeout(code), code.message());
    BOOST_TEST(!is_cancellation(thrown(code)), code.message());
    BOOST_TEST(!is_timeout(thrown(code)), code.message());
  }
}

BOOST_AUTO_TEST_CASE(exceptions_without_a_code_are_neither) {
  for (auto const& e : {std::exception_ptr(), std::make_exception_ptr(42),
                        std::make_exception_ptr(std::runtime_error("no code")),
                        std::make_exception_ptr(curfew::exception_group({}))}) {
    BOOST_TEST(!is_cancellation(e));
    BOOST_TEST(!is_timeout(e));
  }
  BOOST_TEST(is_timeout(thrown(errc::timed_out)));
}

BOOST_AUTO_TEST_CASE(several_exceptions_are_what_the_first_is) {
  auto const several = [](error_code first) {
    return std::make_exception_ptr(asio::multiple_exceptions(thrown(first)));
  };
  BOOST_TEST(is_cancellation(several(asio::error::operation_aborted)));
  BOOST_TEST(is_timeout(several(errc::timed_out)));
  BOOST_TEST(!is_cancellation(several(asio::error::eof)));
  auto const nested =
      std::make_exception_ptr(asio::multiple_exceptions(several(asio::error::operation_aborted)));
  BOOST_TEST(is_cancellation(nested));
}

BOOST_FIXTURE_TEST_CASE(the_kinds_of_abort_become_timeouts_under_an_expired_limit, fixture) {
  using namespace asio::experimental::awaitable_operators;
  asio::experimental::channel<void(error_code)> channel(context);
  run([&]() -> awaitable<> {
    auto const both = []() -> awaitable<> { co_await (sleepy(1h) && sleepy(2h)); };
    auto const either = []() -> awaitable<> { co_await (sleepy(1h) || sleepy(2h)); };
    auto const receive = [&]() -> awaitable<> { co_await channel.async_receive(asio::deferred); };
    ENDS(end::timed_out, curfew::wait_for(channel.async_receive(asio::deferred), 1s));
    ENDS(end::timed_out, curfew::wait_for(receive(), 1s));
    ENDS(end::timed_out, curfew::wait_for(both(), 1s));
    ENDS(end::timed_out, curfew::wait_for(either(), 1s));
    BOOST_TEST(!co_await curfew::move_on_after(1s, receive));
    BOOST_TEST(!co_await curfew::move_on_after(channel.async_receive(asio::deferred), 1s));
    ENDS(end::value, curfew::sleep_for(1ms));
  });
}

BOOST_FIXTURE_TEST_CASE(a_channel_that_somebody_cancelled_keeps_its_code, fixture) {
  asio::experimental::channel<void(error_code)> channel(context);
  std::vector<error_code> codes;
  run([&]() -> awaitable<> {
    auto const receive = [&]() -> awaitable<> { co_await channel.async_receive(asio::deferred); };
    for (bool const deferred : {true, false}) {
      asio::post(context, [&] { asio::post(context, [&] { channel.cancel(); }); });
      try {
        if (deferred)
          co_await curfew::wait_for(channel.async_receive(asio::deferred), 1h);
        else
          co_await curfew::timeout(1h, receive);
      } catch (system_error const& e) {
        codes.push_back(e.code());
      }
    }
  });
  BOOST_REQUIRE(codes.size() == 2U);
  for (auto const& code : codes)
    BOOST_TEST(code == error_code(asio::experimental::error::channel_cancelled));
}

BOOST_AUTO_TEST_CASE(a_group_of_failures_holds_each_and_names_the_first) {
  curfew::exception_group const group(
      {std::make_exception_ptr(std::runtime_error("the disk is full")), thrown(errc::timed_out)});
  BOOST_REQUIRE(group.exceptions().size() == 2U);
  BOOST_CHECK_THROW(std::rethrow_exception(group.exceptions()[0]), std::runtime_error);
  BOOST_TEST(is_timeout(group.exceptions()[1]));
  std::string const what = group.what();
  BOOST_TEST(what.find("2") != std::string::npos);
  BOOST_TEST(what.find("the disk is full") != std::string::npos);
  auto const copy = group;
  BOOST_TEST(copy.exceptions().size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
