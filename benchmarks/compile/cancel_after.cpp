// One read of a socket, with Asio's limit: what it takes to compile, and how large the program is.

#include <boost/asio.hpp>
#include <boost/asio/cancel_after.hpp>

#include <chrono>

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

asio::awaitable<void> read_once(tcp::socket from) {
  char data[64];
  co_await from.async_read_some(asio::buffer(data), asio::cancel_after(5s, asio::deferred));
}

int main() {
  asio::io_context context;
  asio::co_spawn(context, read_once(tcp::socket(context)), asio::detached);
  context.run();
}
