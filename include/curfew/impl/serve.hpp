#ifndef CURFEW_IMPL_SERVE_HPP
#define CURFEW_IMPL_SERVE_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/strand.hpp>
#include <curfew/detail/accept_pauses.hpp>
#include <curfew/detail/serve_reports.hpp>
#include <curfew/idle.hpp>
#include <curfew/semaphore.hpp>
#include <curfew/serve_options.hpp>
#include <curfew/shutdown_control.hpp>
#include <curfew/sleep.hpp>
#include <curfew/this_task.hpp>
#include <curfew/with_task_group.hpp>
#include <functional>
#include <limits>
#include <type_traits>
#include <utility>

namespace curfew::detail {

/// Whether the sockets of an acceptor can be given an executor of another value.
template <class Acceptor>
concept gives_executors =
    std::is_same_v<typename Acceptor::executor_type, boost::asio::any_io_executor> &&
    requires(Acceptor& acceptor, boost::asio::any_io_executor executor) {
      acceptor.async_accept(executor, boost::asio::deferred);
    };

/// What all sessions of a server share, in the frame of `serve`, which outlives them.
template <class Acceptor, class F>
class serving {
 public:
  using executor_type = typename Acceptor::executor_type;

  serving(Acceptor& to, shutdown_control by, F&& f, serve_options&& with)
      : acceptor(to),
        control(std::move(by)),
        session(std::move(f)),
        options(std::move(with)),
        draining(control.draining()),
        slots(options.max_connections() != 0 ? options.max_connections()
                                             : (std::numeric_limits<std::size_t>::max)()) {}

  /// Where the next session runs.
  executor_type next_executor() {
    auto executor = acceptor.get_executor();
    if constexpr (gives_executors<Acceptor>) {
      if (options.strand_per_session().value_or(control_access::state_of(control).concurrent()))
        return boost::asio::make_strand(std::move(executor));
    }
    return executor;
  }
  auto accept([[maybe_unused]] executor_type const& executor) {
    constexpr auto token = boost::asio::as_tuple(boost::asio::deferred);
    if constexpr (gives_executors<Acceptor>)
      return acceptor.async_accept(executor, token);
    else
      return acceptor.async_accept(token);
  }
  template <class Socket>
  auto call(Socket&& socket) {
    if constexpr (std::is_invocable_v<F&, Socket, shutdown_control&>)
      return std::invoke(session, std::forward<Socket>(socket), control);
    else
      return std::invoke(session, std::forward<Socket>(socket));
  }
  void close() noexcept {
    error_code ignored;
    acceptor.close(ignored);
  }

  Acceptor& acceptor;
  shutdown_control control;
  F session;
  serve_options const options;
  cancellation_token const draining;
  semaphore slots;
  serve_reports reports{options};
};

template <class Serving, class Socket>
constexpr void require_session() {
  using F = std::remove_reference_t<decltype(std::declval<Serving&>().session)>;
  constexpr bool callable =
      std::is_invocable_v<F&, Socket, shutdown_control&> || std::is_invocable_v<F&, Socket>;
  static_assert(callable,
                "curfew: a session of serve is called as session(socket) or session(socket, "
                "shutdown_control&), with the socket as an rvalue");
  if constexpr (callable)
    static_assert(
        awaitable_operation<decltype(std::declval<Serving&>().call(std::declval<Socket>()))>,
        "curfew: a session of serve must be a coroutine: one that returns "
        "asio::awaitable<void>");
}

/// One session: its failure is the server's news, not its end.
template <class Serving, class Socket>
boost::asio::awaitable<void, typename Serving::executor_type> run_session(Serving* server,
                                                                          Socket socket, permit) {
  auto const self = co_await this_task::self();
  std::exception_ptr error;
  try {
    co_await server->call(std::move(socket));
  } catch (...) {
    error = std::current_exception();
  }
  if (!error) co_return;
  if (!is_cancellation(error)) {
    server->reports.session_failed(error);
  } else if (self.cancelled()) {
    std::rethrow_exception(std::move(error));
  }
}

/// Accepts until the drain, or until there is nothing to accept from: gives that error.
template <class Serving>
boost::asio::awaitable<error_code, typename Serving::executor_type> accept_all(Serving* server,
                                                                               task_group* group) {
  using Executor = typename Serving::executor_type;
  accept_pauses pauses(server->options.first_pause(), server->options.longest_pause());
  auto const& draining = server->draining;
  for (;;) {
    auto turn = co_await idle.on<Executor>(server->slots.acquire(), draining);
    if (!turn) co_return error_code();
    auto const executor = server->next_executor();
    auto accepted = co_await idle.on<Executor>(server->accept(executor), draining);
    if (!accepted) co_return error_code();
    auto const error = std::get<0>(*accepted);
    if (!error) {
      using socket = std::tuple_element_t<1, std::remove_reference_t<decltype(*accepted)>>;
      require_session<Serving, socket>();
      pauses.succeeded();
      spawn_options const options(
          server->options.name().empty() ? std::string("session") : server->options.name(),
          server->options.where());
      group->spawn(executor, options, run_session<Serving, socket>, server,
                   std::get<1>(std::move(*accepted)), std::move(*turn));
      continue;
    }
    if (!server->acceptor.is_open()) co_return error_code();
    auto const pause = pauses.failed(error);
    if (!pause) co_return error;
    if (!is_cancellation(error)) server->reports.accept_failed(error, *pause);
    turn->release();
    if (*pause > clock::duration::zero()) co_await idle.on<Executor>(sleep_for(*pause), draining);
  }
}

template <class Acceptor, class F>
boost::asio::awaitable<void, typename Acceptor::executor_type> serve(Acceptor* acceptor,
                                                                     shutdown_control control,
                                                                     F session,
                                                                     serve_options options) {
  using Executor = typename Acceptor::executor_type;
  require_open(acceptor->is_open());
  serving<Acceptor, F> server(*acceptor, std::move(control), std::move(session),
                              std::move(options));
  error_code failed;
  auto const body = [&](task_group& group) -> boost::asio::awaitable<void, Executor> {
    struct closing {
      serving<Acceptor, F>& server;
      ~closing() { server.close(); }
    } const at_the_end{server};
    failed = co_await accept_all(&server, &group);
  };
  auto const group = group_options(on_failure::keep_going, server.options.where())
                         .name(server.options.name().empty() ? "sessions" : server.options.name());
  co_await with_task_group(group, body);
  if (failed) throw boost::system::system_error(failed, "serve");
}

}  // namespace curfew::detail

#endif
