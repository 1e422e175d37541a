// The load of the pair: connections that each send a message of 64 bytes, wait for it to come back,
// and send the next one.
//
//   curfew_echo_client <port> <connections> <seconds>    prints messages, seconds and round trips

#include "../support.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace bench {
namespace {

using asio::ip::tcp;
using socket = asio::basic_stream_socket<tcp, concrete_executor>;
using round_trips = std::vector<std::uint32_t>;  // in ns

awaitable<concrete_executor> talk(socket& to, steady_clock::time_point until, round_trips& taken) {
  std::array<char, 64> data{};
  for (auto sent = steady_clock::now(); sent < until;) {
    co_await asio::async_write(to, asio::buffer(data), asio::deferred);
    co_await asio::async_read(to, asio::buffer(data), asio::deferred);
    auto const now = steady_clock::now();
    taken.push_back(static_cast<std::uint32_t>((now - sent).count()));
    sent = now;
  }
}

double microseconds_of(round_trips& taken, double part) {
  auto const place =
      taken.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(taken.size() - 1));
  std::nth_element(taken.begin(), place, taken.end());
  return *place * 1e-3;
}

int main(unsigned short port, std::size_t connections, double seconds) {
  asio::io_context context(1);
  std::vector<socket> sockets;
  sockets.reserve(connections);
  for (std::size_t i = 0; i < connections; ++i) {
    auto& made = sockets.emplace_back(context.get_executor());
    made.connect({asio::ip::address_v4::loopback(), port});
    made.set_option(tcp::no_delay(true));
  }
  round_trips taken;
  taken.reserve(std::size_t(1) << 22);
  auto const started = steady_clock::now();
  auto const length =
      std::chrono::duration_cast<steady_clock::duration>(std::chrono::duration<double>(seconds));
  for (auto& to : sockets) {
    asio::co_spawn(context, talk(to, started + length, taken), [](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
    });
  }
  context.run();
  std::chrono::duration<double> const elapsed = steady_clock::now() - started;
  if (taken.empty()) return 1;
  std::printf("{\"messages\": %zu, \"seconds\": %.3f, \"p50_us\": %.1f, \"p99_us\": %.1f}\n",
              taken.size(), elapsed.count(), microseconds_of(taken, 0.5),
              microseconds_of(taken, 0.99));
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: curfew_echo_client <port> <connections> <seconds>\n", stderr);
    return 2;
  }
  return bench::main(static_cast<unsigned short>(std::stoul(argv[1])), std::stoul(argv[2]),
                     std::strtod(argv[3], nullptr));
}
