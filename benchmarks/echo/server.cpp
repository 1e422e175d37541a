// The server of the pair: echoes messages of 64 bytes with a limit on every read, and says what CPU
// time each message took it.
//
//   curfew_echo_server --list                                 the contenders
//   curfew_echo_server <contender> <connections> [concrete]   prints its port, and at the end
//   figures
//
// It serves one load: figures begin when all connections are there and end when the first one goes.

#include "figures.hpp"
#include "readers.hpp"

#include <algorithm>
#include <array>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace bench {
namespace {

using message = std::array<char, 64>;

template <class Reader, class Ex>
awaitable<Ex> echo(socket<Ex>* from, Reader* reader, figures* counted) {
  message data;
  for (;;) {
    auto const result = co_await reader->read(*from, asio::buffer(data));
    auto const size = reader->size_of(result);
    if (size == 0) break;
    co_await asio::async_write(*from, asio::buffer(data, size), asio::deferred);
    counted->served();
  }
}

template <class Reader, class Ex>
awaitable<Ex> echo_in_scope(curfew::timeout_scope& scope, socket<Ex>* from, Reader* reader,
                            figures* counted) {
  reader->scope = &scope;
  co_await echo(from, reader, counted);
}

template <template <class> class Reader, class Ex>
awaitable<Ex> session(socket<Ex> from, figures* counted) {
  using reader_type = Reader<Ex>;
  reader_type reader(from.get_executor());
  try {
    if constexpr (requires { reader.scope; }) {
      co_await curfew::timeout(limit, echo_in_scope<reader_type, Ex>, &from, &reader, counted);
    } else {
      co_await echo(&from, &reader, counted);
    }
  } catch (boost::system::system_error const&) {
    // Where there are no codes, the end of the connection is an exception.
  }
  counted->left();
}

template <template <class> class Reader, class Ex>
void serve(std::size_t connections) {
  asio::io_context context(1);
  Ex const executor(context.get_executor());
  asio::basic_socket_acceptor<tcp, Ex> acceptor(executor, {asio::ip::address_v4::loopback(), 0});
  std::cout << acceptor.local_endpoint().port() << std::endl;
  figures counted(connections);
  for (std::size_t i = 0; i < connections; ++i) {
    auto from = acceptor.accept();
    from.set_option(tcp::no_delay(true));
    asio::co_spawn(executor, session<Reader, Ex>(std::move(from), &counted), asio::detached);
  }
  counted.begin();
  context.run();
  counted.print();
}

struct contender {
  std::string_view name;
  void (*serve_any)(std::size_t);
  void (*serve_concrete)(std::size_t);
};

template <template <class> class Reader>
constexpr contender entry() {
  return {Reader<any_executor>::name, serve<Reader, any_executor>,
          serve<Reader, concrete_executor>};
}

constexpr contender contenders[] = {
    entry<none>(),
#if BENCH_HAS_CANCEL_AFTER
    entry<by_cancel_after>(),
#endif
    entry<by_hand>(),
    entry<by_parallel_group>(),
    entry<by_operator_or>(),
    entry<by_curfew>(),
    entry<by_curfew_scope>(),
};

int main(std::vector<std::string_view> const& arguments) {
  if (arguments.size() == 1 && arguments[0] == "--list") {
    for (auto const& each : contenders) std::cout << each.name << '\n';
    return 0;
  }
  auto const* const found = std::ranges::find(
      contenders, arguments.empty() ? std::string_view() : arguments[0], &contender::name);
  if (arguments.size() < 2 || found == std::end(contenders)) {
    std::cerr << "usage: curfew_echo_server --list | <contender> <connections> [concrete]\n";
    return 2;
  }
  auto const connections = std::stoul(std::string(arguments[1]));
  (arguments.size() > 2 ? found->serve_concrete : found->serve_any)(connections);
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::main({argv + 1, argv + argc}); }
