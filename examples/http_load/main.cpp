#include <curfew/run.hpp>
#include <curfew/timeout.hpp>
#include <exception>
#include <iostream>

#include "options.hpp"
#include "report.hpp"
#include "run.hpp"
#include "words.hpp"

int main(int argc, char** argv) {
  using namespace http_load;
  using namespace std::chrono_literals;
  try {
    auto const chosen = read_options(argc, argv);
    if (!chosen) return 0;

    world all(*chosen);
    std::vector<errand> errands;
    // Everything in it has a limit; this is for the day when one does not hold.
    auto const clients = [&] {
      return curfew::timeout(chosen->time + 20s, run_clients, std::ref(all), std::ref(errands));
    };
    try {
      curfew::run(clients, curfew::run_options().drain_limit(0s));
    } catch (std::exception const&) {
      all.requests.complain("the run was cut short: " + in_words(std::current_exception()));
    }
    return print_report(all, errands) ? 0 : 1;
  } catch (std::exception const& error) {
    std::cerr << "http_load: " << error.what() << "\nhttp_load: --help lists the options\n";
    return 2;
  }
}
