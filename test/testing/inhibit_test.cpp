#include "../support.hpp"

#include <curfew/testing/run_test.hpp>
#include <thread>

// Virtual time that is held back, goes by single steps, and has one thread.

BOOST_AUTO_TEST_SUITE(inhibit)

namespace {

using curfew::testing::inhibitor;
using curfew::testing::virtual_time;

}  // namespace

BOOST_AUTO_TEST_CASE(it_does_not_jump_while_something_real_is_under_way) {
  fixture f;
  auto const hold = std::make_shared<inhibitor>(f.time.inhibit());
  BOOST_TEST(f.time.inhibited());
  std::thread worker;
  f.start([&]() -> awaitable<> {
    auto const began = f.time.now();
    curfew::event answered;
    worker = std::thread([&, hold]() mutable {
      asio::post(f.context, [&, hold = std::move(hold)] {
        answered.set();
        hold->release();
      });
    });
    co_await curfew::wait_for(answered.wait(), 1ns);
    BOOST_TEST((f.time.now() == began));
    co_await curfew::sleep_for(1h);
  });
  f.time.run();
  worker.join();
  BOOST_TEST((f.ended == end::value));
  BOOST_TEST(!f.time.inhibited());
  BOOST_TEST((f.elapsed() == 1h));
}

BOOST_AUTO_TEST_CASE(it_is_held_back_until_the_last_of_several_has_ended) {
  fixture f;
  std::optional<inhibitor> one(f.time.inhibit()), two(f.time.inhibit());
  one.reset();
  BOOST_TEST(f.time.inhibited());
  inhibitor moved = std::move(*two);
  two.reset();
  BOOST_TEST(f.time.inhibited());
  moved = inhibitor();
  BOOST_TEST(!f.time.inhibited());
  moved.release();
  BOOST_TEST(!f.time.inhibited());
}

BOOST_AUTO_TEST_CASE(time_that_is_told_to_pass_passes) {
  fixture f;
  inhibitor const hold = f.time.inhibit();
  f.start([]() -> awaitable<> { co_await curfew::sleep_for(1h); });
  f.time.advance(1h);
  BOOST_TEST((f.ended == end::value));
}

BOOST_AUTO_TEST_CASE(one_may_outlive_its_virtual_time) {
  inhibitor left;
  {
    asio::io_context context;
    virtual_time time(context);
    left = time.inhibit();
  }
  left.release();
  BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(a_step_is_one_handler_or_one_instant) {
  fixture f;
  std::string log;
  asio::post(f.context, [&] { log += 'a'; });
  asio::post(f.context, [&] { log += 'b'; });
  curfew::sleep_for(f.context, 1s)([&](error_code) { log += 'c'; });
  BOOST_TEST(f.time.step());
  BOOST_TEST(log == "a");
  BOOST_TEST(f.time.step());
  BOOST_TEST(log == "ab");
  BOOST_TEST((f.elapsed() == 0s));
  BOOST_TEST(f.time.step());
  BOOST_TEST(log == "ab");
  BOOST_TEST((f.elapsed() == 1s));
  BOOST_TEST(f.time.step());
  BOOST_TEST(log == "abc");
  BOOST_TEST(!f.time.step());
}

BOOST_AUTO_TEST_CASE(a_second_thread_is_refused) {
  fixture f;
  f.time.settle();
  std::thread([&] {
    BOOST_CHECK_EXCEPTION(f.time.run(), system_error, [](system_error const& e) {
      return e.code() == curfew::errc::invalid_state;
    });
    BOOST_CHECK_THROW(f.time.advance(1s), system_error);
    BOOST_CHECK_THROW((void)f.time.step(), system_error);
  }).join();
  BOOST_TEST((f.elapsed() == 0s));
}

BOOST_AUTO_TEST_SUITE_END()
