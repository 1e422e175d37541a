#include "../child_process.hpp"
#include "running.hpp"

#include <curfew/serve.hpp>

// A server that really has no descriptors left, in a process of its own. Sanitizers need some
// themselves, to look whether an object is one.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CURFEW_TEST_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CURFEW_TEST_SANITIZED 1
#endif
#endif
#if defined(__unix__) && !defined(CURFEW_TEST_SANITIZED)
#include <sys/resource.h>
#endif

BOOST_AUTO_TEST_SUITE(serve_descriptors)

#if defined(__unix__) && !defined(CURFEW_TEST_SANITIZED)
namespace {

using asio::ip::tcp;

/// From here on this process can open so many more.
bool leave_descriptors(unsigned count) {
  std::vector<int> next;
  while (next.size() < count) next.push_back(::dup(STDERR_FILENO));
  for (int const each : next) ::close(each);
  rlimit limit{};
  if (next.back() < 0 || ::getrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
  limit.rlim_cur = static_cast<rlim_t>(next.back()) + 1;
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

/// A server, and clients in the same process that are connected before it accepts.
struct starved {
  static constexpr unsigned clients_at_all = 5, descriptors = 2;

  asio::io_context context{1};
  tcp::acceptor acceptor{context, {asio::ip::address_v4::loopback(), 0}};
  std::vector<tcp::socket> clients;
  unsigned begun = 0, served = 0, refused = 0, begun_when_refused = 0;
  bool without_pause = false, other_errors = false;

  awaitable<> session(tcp::socket socket) {
    ++begun;
    char next = 0;
    (void)co_await socket.async_read_some(asio::buffer(&next, 1), asio::as_tuple(asio::deferred));
    ++served;  // its client has gone
  }
  /// Waits until the server is refused, and then lets go of one client after the other.
  awaitable<> let_go(curfew::shutdown_control& control) {
    while (refused == 0) co_await curfew::sleep_for(1ms);
    begun_when_refused = begun;
    for (auto& each : clients) {
      each.close();
      co_await curfew::sleep_for(1ms);
    }
    while (served != clients_at_all) co_await curfew::sleep_for(1ms);
    control.request();
  }
  awaitable<> main(curfew::shutdown_control& control) {
    for (unsigned i = 0; i < clients_at_all; ++i) {
      clients.emplace_back(context);
      co_await clients.back().async_connect(acceptor.local_endpoint(), asio::deferred);
    }
    if (!leave_descriptors(descriptors)) throw failure("there is no such limit here");
    auto const options = curfew::serve_options("starved").back_off(1ms, 4ms).on_accept_error(
        [this](error_code error, curfew::clock::duration pause) {
          ++refused;
          other_errors = other_errors || error != asio::error::no_descriptors;
          without_pause = without_pause || pause == 0s;
        });
    auto const one = [this](tcp::socket socket) { return session(std::move(socket)); };
    curfew::spawn(context, {"clients"}, [&] { return let_go(control); });
    co_await curfew::serve(acceptor, control, one, options);
  }
  /// Zero where all is as it should be.
  int run() {
    auto const body = [this](curfew::shutdown_control& control) -> awaitable<> {
      co_await curfew::wait_for(main(control), 20s);
    };
    int const code = curfew::run(context, body, curfew::run_options().signals({}).dump_signal(0));
    std::cerr << begun_when_refused << " had begun, " << served << " were served, "
              << (other_errors ? "other errors" : "EMFILE only")
              << (without_pause ? ", without a pause" : "") << std::flush;
    return code;
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_server_without_descriptors_pauses_and_serves_all_when_there_are_some_again) {
  auto const ended = in_a_child([] { return starved().run(); });
  BOOST_TEST(ended.words == "2 had begun, 5 were served, EMFILE only");
  BOOST_TEST(ended.exit_code == 0);
}
#else
BOOST_AUTO_TEST_CASE(descriptors_cannot_be_taken_away_here) {}
#endif

BOOST_AUTO_TEST_SUITE_END()
