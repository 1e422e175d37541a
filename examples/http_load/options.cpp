#include "options.hpp"

#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <boost/program_options/variables_map.hpp>
#include <iostream>
#include <string>

namespace http_load {

namespace po = boost::program_options;

namespace {

/// A number between two others, or an error that names them.
template <class Number, class Target>
auto* number(Target& to, char const* name, Number preset, Number least, Number most) {
  auto const take = [&to, name, least, most](Number given) {
    if (!(given >= least && given <= most)) {
      auto const in_words = [](Number n) { return std::to_string(static_cast<long>(n)); };
      throw po::error(std::string("option '--") + name + "' takes a number between " +
                      in_words(least) + " and " + in_words(most));
    }
    to = Target(given);
  };
  return po::value<Number>()->value_name("number")->default_value(preset)->notifier(take);
}

}  // namespace

std::optional<options> read_options(int argc, char const* const* argv) {
  options read{};
  po::options_description known("http_load: good and bad clients for http_server", 100, 50);
  auto add = known.add_options();
  add("help", "this text");
  add("port", po::value(&read.port)->required()->value_name("number"), "on 127.0.0.1; required");
  add("trust", po::value(&read.authority)->value_name("file"),
      "certificate to trust: then one client in four speaks TLS, on the port that the server "
      "names");
  add("seconds", number<double>(read.time, "seconds", 10, 3, 3600), "how long, about");
  add("connections", number<unsigned>(read.well_behaved, "connections", 64, 1, 10000),
      "well-behaved connections");
  add("bad", number<unsigned>(read.misbehaving, "bad", 6, 0, 1000), "bad clients of each kind");
  add("tolerance", number<long>(read.tolerance, "tolerance", 100, 1, 10000),
      "milliseconds that a client may outlive a limit");
  add("page-p99", number<long>(read.page_p99, "page-p99", 100, 1, 10000),
      "milliseconds that 99 of 100 simple pages take at most");
  add("shutdown", po::bool_switch(&read.shut_down),
      "in the end send SIGTERM to the server, amid requests");

  po::variables_map given;
  po::store(po::command_line_parser(argc, argv)
                .options(known)
                .positional(po::positional_options_description())
                .run(),
            given);
  if (given.count("help")) {
    std::cout << known;
    return std::nullopt;
  }
  po::notify(given);
  return read;
}

}  // namespace http_load
