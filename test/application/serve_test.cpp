#include "running.hpp"

#include <boost/asio/error.hpp>
#include <cerrno>
#include <curfew/queue.hpp>
#include <curfew/serve.hpp>
#include <curfew/tasks.hpp>
#include <stdexcept>

BOOST_AUTO_TEST_SUITE(serve)

namespace {

struct fake_socket {
  int number = 0;
};

/// What accepts from a list: sockets and errors, in the order in which they are put there.
class fake_acceptor {
 public:
  using executor_type = asio::any_io_executor;

  explicit fake_acceptor(asio::io_context& context) : executor_(context.get_executor()) {}

  executor_type get_executor() const { return executor_; }
  bool is_open() const { return open_; }
  void close(error_code&) {
    open_ = false;
    waiting_.close();
  }
  template <class Token>
  auto async_accept(Token&& token) {
    ++accepts;
    auto unpack = asio::deferred([](error_code error, arrival one) {
      return asio::deferred.values(error ? error : one.error, one.socket);
    });
    return waiting_.pop()(std::move(unpack))(std::forward<Token>(token));
  }

  void connect(int number) { waiting_.try_push({{}, {number}}); }
  void fail(int number) { waiting_.try_push({{number, boost::system::system_category()}, {}}); }
  std::size_t backlog() { return waiting_.size(); }

  int accepts = 0;

 private:
  struct arrival {
    error_code error;
    fake_socket socket;
  };

  asio::any_io_executor executor_;
  curfew::queue<arrival> waiting_;
  bool open_ = true;
};

/// A server under virtual time, and what became of its sessions.
struct served {
  runner r;
  fake_acceptor acceptor{r.context};
  std::vector<int> begun, ended;
  std::vector<std::string> errors;
  curfew::clock::duration takes = 1s;

  curfew::serve_options options() {
    curfew::serve_options with("test");
    with.on_accept_error([this](error_code error, curfew::clock::duration pause) {
      errors.push_back(std::to_string(error.value()) + " pause " + in_seconds(pause));
    });
    with.on_session_error(
        [this](std::exception_ptr const& error) { errors.push_back(words_of(error)); });
    return with;
  }
  awaitable<> session(fake_socket socket) {
    begun.push_back(socket.number);
    co_await curfew::sleep_for(takes);
    if (socket.number < 0) throw std::runtime_error("session " + std::to_string(socket.number));
    ended.push_back(socket.number);
  }
  void run(curfew::serve_options with) {
    r.run([&](curfew::shutdown_control& control) -> awaitable<> {
      auto const session = [this](fake_socket socket) { return this->session(socket); };
      co_await curfew::serve(acceptor, control, session, with);
    });
  }
  void run() { run(options()); }
};

std::string what_of(std::exception_ptr const& error) {
  try {
    if (error) std::rethrow_exception(error);
  } catch (std::exception const& known) {
    return known.what();
  }
  return {};
}

using numbers = std::vector<int>;
using texts = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_CASE(each_connection_is_a_session_of_its_own_until_the_drain) {
  served s;
  for (int i = 1; i <= 3; ++i) s.acceptor.connect(i);
  s.r.request_at(10s);
  s.run();
  BOOST_TEST(s.ended == (numbers{1, 2, 3}), boost::test_tools::per_element());
  BOOST_TEST(s.r.lasted == 10s);
  BOOST_TEST(!s.acceptor.is_open());
  BOOST_TEST(s.r.said() == "0");
  BOOST_TEST(s.r.is_clean());
}

BOOST_AUTO_TEST_CASE(it_ends_after_the_sessions_that_are_busy_when_it_drains) {
  served s;
  s.takes = 5s;
  s.r.at(8s, [&] { s.acceptor.connect(1); });
  s.r.request_at(10s);
  s.run();
  BOOST_TEST(s.ended == numbers{1}, boost::test_tools::per_element());
  BOOST_TEST(s.r.lasted == 13s);
}

BOOST_AUTO_TEST_CASE(a_connection_that_came_in_the_moment_of_the_drain_is_served) {
  served s;
  s.r.at(10s, [&] {
    s.acceptor.connect(1);
    s.r.control->request();
  });
  s.run();
  BOOST_TEST(s.ended == numbers{1}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(at_the_limit_nothing_is_accepted_until_a_session_has_ended) {
  served s;
  for (int i = 1; i <= 4; ++i) s.acceptor.connect(i);
  s.r.at(500ms, [&] {
    BOOST_TEST(s.begun.size() == 2U);
    BOOST_TEST(s.acceptor.backlog() == 2U);
    BOOST_TEST(s.acceptor.accepts == 2);
  });
  s.r.request_at(10s);
  s.run(s.options().max_connections(2));
  BOOST_TEST(s.ended.size() == 4U);
}

BOOST_AUTO_TEST_CASE(it_drains_also_while_it_waits_at_the_limit) {
  served s;
  s.takes = 15s;
  s.acceptor.connect(1);
  s.acceptor.connect(2);
  s.r.request_at(10s);
  s.run(s.options().max_connections(1));
  BOOST_TEST(s.begun == numbers{1}, boost::test_tools::per_element());
  BOOST_TEST(s.r.lasted == 15s);
}

BOOST_AUTO_TEST_CASE(pauses_grow_while_descriptors_are_short_and_begin_anew_after_a_success) {
  served s;
  for (int i = 0; i < 4; ++i) s.acceptor.fail(EMFILE);
  s.acceptor.connect(1);
  s.acceptor.fail(ENFILE);
  s.acceptor.connect(2);
  s.r.request_at(10s);
  s.run(s.options().back_off(100ms, 300ms));
  BOOST_TEST(
      s.errors ==
          (texts{std::to_string(EMFILE) + " pause 0.1", std::to_string(EMFILE) + " pause 0.2",
                 std::to_string(EMFILE) + " pause 0.3", std::to_string(EMFILE) + " pause 0.3",
                 std::to_string(ENFILE) + " pause 0.1"}),
      boost::test_tools::per_element());
  BOOST_TEST(s.ended == (numbers{1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_drain_does_not_wait_for_a_pause) {
  served s;
  s.acceptor.fail(EMFILE);
  s.r.request_at(10s);
  s.run(s.options().back_off(1h, 1h));
  BOOST_TEST(s.r.lasted == 10s);
}

BOOST_AUTO_TEST_CASE(a_connection_that_is_gone_before_it_was_accepted_costs_no_time) {
  served s;
  s.acceptor.fail(ECONNABORTED);
  s.acceptor.connect(1);
  s.r.at(0s, [&] { BOOST_TEST(s.begun.size() == 1U); });
  s.r.request_at(10s);
  s.run();
  BOOST_TEST(s.errors == texts{std::to_string(ECONNABORTED) + " pause 0"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(where_nothing_can_be_accepted_it_ends_with_that_error_after_its_sessions) {
  served s;
  s.acceptor.connect(1);
  s.acceptor.fail(EBADF);
  s.run();
  BOOST_TEST(s.ended == numbers{1}, boost::test_tools::per_element());
  BOOST_TEST(s.r.lasted == 1s);
  BOOST_TEST(what_of(s.r.error).find("Bad file descriptor") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(to_close_the_acceptor_ends_the_accepting_and_no_session) {
  served s;
  s.takes = 5s;
  s.acceptor.connect(1);
  s.r.at(1s, [&] {
    error_code ignored;
    s.acceptor.close(ignored);
  });
  s.run();
  BOOST_TEST(s.ended == numbers{1}, boost::test_tools::per_element());
  BOOST_TEST(s.r.lasted == 5s);
  BOOST_TEST(s.r.said() == "0");
}

BOOST_AUTO_TEST_CASE(an_acceptor_that_is_closed_at_the_start_is_refused_in_words) {
  served s;
  error_code ignored;
  s.acceptor.close(ignored);
  s.run();
  BOOST_TEST(what_of(s.r.error).find("the acceptor is closed") != std::string::npos);
  BOOST_TEST(s.acceptor.accepts == 0);
}

BOOST_AUTO_TEST_CASE(a_session_that_fails_is_reported_once_and_ends_nobody_else) {
  served s;
  s.acceptor.connect(-1);
  s.acceptor.connect(2);
  s.r.request_at(10s);
  s.run();
  BOOST_TEST(s.errors == texts{"session -1"}, boost::test_tools::per_element());
  BOOST_TEST(s.ended == numbers{2}, boost::test_tools::per_element());
  BOOST_TEST(s.r.said() == "0");
}

BOOST_AUTO_TEST_CASE(sessions_are_cancelled_when_the_drain_has_taken_too_long) {
  served s;
  s.takes = 1h;
  s.acceptor.connect(1);
  s.r.request_at(10s);
  s.run();
  BOOST_TEST(s.ended.empty());
  BOOST_TEST(s.r.lasted == 30s);
  BOOST_TEST(s.errors.empty());
  BOOST_TEST(s.r.said() == "0");
}

BOOST_AUTO_TEST_CASE(a_session_may_take_the_control_and_has_the_name_of_its_server) {
  served s;
  s.acceptor.connect(1);
  std::string name;
  s.r.run([&](curfew::shutdown_control& control) -> awaitable<> {
    auto const session = [&](fake_socket, curfew::shutdown_control& by) -> awaitable<> {
      auto const self = co_await curfew::this_task::self();
      name = self.name();
      by.request();
    };
    co_await curfew::serve(s.acceptor, control, session, {"echo"});
  });
  BOOST_TEST(name == "echo");
  BOOST_TEST(s.r.lasted == 0s);
}

BOOST_AUTO_TEST_CASE(without_a_run_a_control_of_its_own_stops_it) {
  served s;
  curfew::shutdown_control control;
  s.acceptor.connect(1);
  auto const session = [&](fake_socket socket) { return s.session(socket); };
  auto const server = curfew::spawn(s.r.context, [&]() -> awaitable<> {
    co_await curfew::serve(s.acceptor, control, session, s.options());
  });
  s.r.time.advance(10s);
  BOOST_TEST(!server.done());
  control.request();
  s.r.time.settle();
  BOOST_TEST(server.done());
  BOOST_TEST(server.result().has_value());
  BOOST_TEST(s.ended == numbers{1}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(options_that_cannot_be_are_refused) {
  auto const refuses = [](auto&& set) {
    try {
      set();
      return false;
    } catch (system_error const& error) {
      return error.code() == curfew::errc::invalid_limit;
    }
  };
  BOOST_TEST(refuses([] { (void)curfew::serve_options().max_connections(0); }));
  BOOST_TEST(refuses([] { (void)curfew::serve_options().back_off(0s, 1s); }));
  BOOST_TEST(refuses([] { (void)curfew::serve_options().back_off(2s, 1s); }));
}

BOOST_AUTO_TEST_SUITE_END()
