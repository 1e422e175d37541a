#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <iostream>

#include "options.hpp"
#include "report.hpp"
#include "run.hpp"
#include "words.hpp"

int main(int argc, char** argv) {
  using namespace http_load;
  try {
    auto const chosen = read_options(argc, argv);
    if (!chosen) return 0;

    world all(*chosen);
    all.server = tcp::endpoint(asio::ip::address_v4::loopback(), chosen->port);
    std::vector<errand> errands;
    asio::io_context context(1);
    std::exception_ptr failure;
    asio::co_spawn(context, run_clients(all, errands),
                   [&](std::exception_ptr error) { failure = error; });
    // Everything in it has a limit; this is for the day when one does not hold.
    context.run_for(std::chrono::ceil<std::chrono::seconds>(chosen->time) +
                    std::chrono::seconds(20));
    if (failure) all.requests.complain("the server does not answer: " + in_words(failure));
    return print_report(all, errands, memory_of(all.before.pid)) ? 0 : 1;
  } catch (std::exception const& error) {
    std::cerr << "http_load: " << error.what() << "\nhttp_load: --help lists the options\n";
    return 2;
  }
}
