#include "../interop/task_threads.hpp"

#include <curfew/run.hpp>
#include <random>
#include <thread>

// Everything at once on a pool: sessions in groups with limits, shields and tokens, that others
// cancel from outside, and a shutdown in the middle. Each round is made from its seed.

BOOST_AUTO_TEST_SUITE(stress_threads)

namespace {

using namespace std::chrono_literals;
using curfew::run_options;
using curfew::shutdown_control;

constexpr unsigned thread_count = 4;

/// What all sessions of a round share.
struct shared {
  explicit shared(unsigned from) : seed(from) {}
  curfew::cancellation_token token() {
    std::lock_guard guard(lock);
    return source.token();
  }
  /// Cancels what there is, and goes on with a new one.
  void cancel_all() {
    curfew::cancellation_source old;
    {
      std::lock_guard guard(lock);
      old = std::exchange(source, curfew::cancellation_source());
    }
    old.cancel({"from outside"});
  }

  unsigned seed;
  asio::io_context* context = nullptr;
  std::optional<shutdown_control> control;
  std::latch ready{1};
  std::mutex lock;
  curfew::cancellation_source source;
  std::atomic<int> begun{0}, ended{0}, values{0};
};

asio::any_io_executor strand_of(shared& in) { return asio::make_strand(*in.context); }

/// Begun, and at its end in whichever way.
class counted_session {
 public:
  explicit counted_session(shared& in) : in_(in) { ++in_.begun; }
  counted_session(counted_session const&) = delete;
  counted_session& operator=(counted_session const&) = delete;
  ~counted_session() { ++in_.ended; }

 private:
  shared& in_;
};

awaitable<> try_step(unsigned kind, shared& in) {
  auto const limit = std::chrono::microseconds(kind % 97);
  switch (kind % 7) {
    case 0: co_await curfew::sleep_for(limit); break;
    case 1: (void)co_await curfew::settle(curfew::wait_for(curfew::sleep_for(50us), limit)); break;
    case 2: co_await curfew::cancel_when(hop(3), in.token()); break;
    case 3: co_await curfew::shield(curfew::sleep_for(limit)); break;
    case 4: co_await curfew::gather(hop(1), hop(2), curfew::sleep_for(limit)); break;
    case 5: (void)co_await curfew::idle(curfew::sleep_for(limit)); break;
    default:
      (void)co_await curfew::move_on_after(limit, [&]() -> awaitable<> {
        co_await curfew::cancel_when(curfew::sleep_for(80us), in.token());
      });
  }
}

/// Whom a token stops goes on; whom its group stops does not.
awaitable<> one_step(unsigned kind, shared& in) {
  (void)co_await curfew::settle(try_step(kind, in));
  co_await curfew::checkpoint();
}

awaitable<> session(shared& in, unsigned seed) {
  counted_session const here(in);
  std::minstd_rand random(seed + 1);
  auto const any = [&] { return static_cast<unsigned>(random()); };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    for (unsigned more = any() % 3; more > 0; --more)
      group.spawn(strand_of(in), {"helper"}, one_step, any(), std::ref(in));
    for (int i = 0; i < 4; ++i) co_await one_step(any(), in);
  };
  co_await curfew::with_task_group(body);
  ++in.values;
}

/// Opens sessions until it is asked to stop.
awaitable<int> serve_sessions(shutdown_control& control, shared& in) {
  in.context = &static_cast<asio::io_context&>(
      asio::query(co_await asio::this_coro::executor, asio::execution::context));
  in.control = control;
  in.ready.count_down();
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    for (unsigned i = 0; i < 40 && !control.requested(); ++i) {
      group.spawn(strand_of(in), {"session"}, session, std::ref(in), in.seed * 1000 + i);
      co_await curfew::sleep_for(5us);
    }
  };
  co_await curfew::with_task_group(curfew::on_failure::keep_going, body);
  co_return 0;
}

/// What happens to them from outside.
void disturb(shared& in) {
  in.ready.wait();
  std::minstd_rand random(in.seed + 7);
  for (int i = 0; i < 6; ++i) {
    in.cancel_all();
    if (random() % 3 == 0) std::this_thread::yield();
  }
  if (in.seed % 2 == 0) return;
  in.control->request({"half way"});
  if (in.seed % 4 == 1) in.control->request({"at once"});
}

}  // namespace

BOOST_AUTO_TEST_CASE(sessions_that_are_disturbed_in_every_way_all_end) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      shared in(seed);
      curfew::shutdown_report report;
      std::jthread other([&] { disturb(in); });
      auto const main = [&](shutdown_control& by) -> awaitable<int> {
        co_return co_await serve_sessions(by, in);
      };
      auto const options =
          run_options().signals({}).dump_signal(0).threads(thread_count).report(report);
      int const code = curfew::run(main, options);
      other.join();
      BOOST_TEST(in.begun == in.ended);
      BOOST_TEST(report.clean());
      BOOST_TEST(report.failed <= report.completed + report.cancelled + report.failed);
      BOOST_TEST(code == report.exit_code);
      if (seed % 2 == 0) BOOST_TEST(in.begun == 40);
    }
  }
  BOOST_TEST(alone::both == 0);
}

BOOST_AUTO_TEST_SUITE_END()
