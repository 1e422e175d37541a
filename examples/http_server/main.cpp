#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>

#include "options.hpp"
#include "server.hpp"

namespace {

/// Written beside and renamed, so that nobody reads half a number.
void announce(std::string const& file, std::uint16_t port) {
  std::cout << "http_server: http://127.0.0.1:" << port << "/\n" << std::flush;
  if (file.empty()) return;
  auto const beside = file + ".new";
  std::ofstream out(beside);
  out << port << '\n';
  out.close();
  if (!out || std::rename(beside.c_str(), file.c_str()) != 0)
    throw std::runtime_error("cannot write the port to " + file);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    auto const chosen = http_server::read_options(argc, argv);
    if (!chosen) return 0;

    boost::asio::io_context context(1);
    http_server::server server(context, *chosen);
    announce(chosen->port_file, server.port());
    boost::asio::co_spawn(context, server.run(), [](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
    });
    context.run();
    std::cout << server.statistics();
    return 0;
  } catch (boost::system::system_error const& error) {
    std::cerr << "http_server: cannot serve: " << error.code().message() << '\n';
    return 2;
  } catch (std::exception const& error) {
    std::cerr << "http_server: " << error.what() << "\nhttp_server: --help lists the options\n";
    return 2;
  }
}
