#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <curfew/run.hpp>
#include <exception>
#include <fstream>
#include <iostream>

#include "options.hpp"
#include "server.hpp"

namespace {

/// Written beside and renamed, so that nobody reads half a number.
void announce(std::string const& file, http_server::server const& server) {
  std::cout << "http_server: http://127.0.0.1:" << server.port() << "/\n";
  if (server.tls_port() != 0)
    std::cout << "http_server: https://127.0.0.1:" << server.tls_port() << "/\n";
  std::cout << std::flush;
  if (file.empty()) return;
  auto const beside = file + ".new";
  std::ofstream out(beside);
  out << server.port() << ' ' << server.tls_port() << '\n';
  out.close();
  if (!out || std::rename(beside.c_str(), file.c_str()) != 0)
    throw std::runtime_error("cannot write the ports to " + file);
}

int serve(http_server::options const& chosen) {
  boost::asio::io_context context(static_cast<int>(chosen.threads));
  http_server::server server(context, chosen);
  announce(chosen.port_file, server);
  auto const main = [&](curfew::shutdown_control& control) { return server.run(control); };
  int const code = curfew::run(context, main,
                               curfew::run_options()
                                   .name("http_server")
                                   .threads(chosen.threads)
                                   .drain_delay(chosen.shutdown.delay)
                                   .drain_limit(chosen.shutdown.drain)
                                   .cancel_limit(chosen.shutdown.cancel)
                                   .total_limit(chosen.shutdown.total)
                                   .print_report(std::cout));
  std::cout << server.statistics();
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    auto const chosen = http_server::read_options(argc, argv);
    return chosen ? serve(*chosen) : 0;
  } catch (std::exception const& error) {
    std::cerr << "http_server: " << error.what() << "\nhttp_server: --help lists the options\n";
    return 2;
  }
}
