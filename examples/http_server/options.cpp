#include "options.hpp"

#include <boost/any.hpp>
#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <boost/program_options/variables_map.hpp>
#include <charconv>
#include <chrono>
#include <iostream>
#include <limits>
#include <map>
#include <string_view>
#include <vector>

namespace http_server {

namespace po = boost::program_options;
using curfew::clock;

namespace {

/// A number and its unit, in the smallest unit. Nothing when it is not that, or too large.
std::optional<std::uint64_t> read_number(std::string_view text,
                                         std::map<std::string_view, std::uint64_t> const& units) {
  double number = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || !(number > 0)) return std::nullopt;
  auto const unit = units.find(text.substr(static_cast<std::size_t>(end - text.data())));
  if (unit == units.end()) return std::nullopt;
  double const value = number * static_cast<double>(unit->second);
  if (value < 1 || value > 1e18) return std::nullopt;
  return static_cast<std::uint64_t>(value);
}

[[noreturn]] void refuse(std::string const& text, std::string const& what) {
  po::error_with_option_name error("option '%canonical_option%': '" + text + "' is not " + what);
  throw error;
}

struct duration_value {
  clock::duration value;
};

duration_value read_duration(std::string const& text) {
  if (text == "never") return {clock::duration::max()};
  auto const found =
      read_number(text, {{"ms", 1'000'000}, {"s", 1'000'000'000}, {"m", 60'000'000'000}});
  if (!found) refuse(text, "a duration; write 500ms, 1.5s, 2m or never");
  return {std::chrono::nanoseconds(*found)};
}

struct size_value {
  std::uint64_t value;
};

size_value read_size(std::string const& text) {
  auto const found = read_number(text, {{"", 1}, {"k", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}});
  if (!found) refuse(text, "a size; write 4096, 64k, 10M or 1G");
  return {*found};
}

// Program_options finds these by their arguments.
void validate(boost::any& into, std::vector<std::string> const& texts, duration_value*, int) {
  po::validators::check_first_occurrence(into);
  into = read_duration(po::validators::get_single_string(texts));
}
void validate(boost::any& into, std::vector<std::string> const& texts, size_value*, int) {
  po::validators::check_first_occurrence(into);
  into = read_size(po::validators::get_single_string(texts));
}

auto* duration(clock::duration& to, std::string const& preset) {
  return po::value<duration_value>()
      ->value_name("time")
      ->default_value(read_duration(preset), preset)
      ->notifier([&to](duration_value given) { to = given.value; });
}

template <class Number>
auto* size(Number& to, std::string const& preset) {
  return po::value<size_value>()
      ->value_name("size")
      ->default_value(read_size(preset), preset)
      ->notifier([&to](size_value given) {
        std::uint64_t const most = std::numeric_limits<Number>::max();
        to = static_cast<Number>(given.value < most ? given.value : most);
      });
}

void require_shorter(clock::duration inner, char const* name, clock::duration outer,
                     char const* outer_name) {
  if (inner <= outer) return;
  throw po::error(std::string("option '--") + name + "' is longer than '--" + outer_name +
                  "', which would always end it first");
}

}  // namespace

std::optional<options> read_options(int argc, char const* const* argv) {
  options read{};
  auto& limits = read.limits;
  po::options_description known("http_server: an HTTP/1.1 server with limits on everything", 100,
                                50);
  auto add = known.add_options();
  add("help", "this text");
  add("port", po::value(&read.port)->default_value(0), "port on 127.0.0.1; 0: any free one");
  add("port-file", po::value(&read.port_file), "write the port to this file");
  add("idle", duration(limits.idle, "60s"), "for the first byte of the next request");
  add("header", duration(limits.header, "10s"), "for a complete header");
  add("request", duration(limits.request, "60s"), "for reading, handling and answering a request");
  add("handler", duration(limits.handler, "30s"), "for a handler to come to its answer");
  add("min-rate", size(limits.body.bytes_per_second, "1k"), "bytes a second for bodies, both ways");
  add("rate-grace", duration(limits.body.grace, "5s"), "how long a body may rest");
  add("farewell", duration(limits.farewell, "1s"), "to tell a refused client why");
  add("max-header", size(limits.header_bytes, "8k"), "size of a header");
  add("max-body", size(limits.body_bytes, "10M"), "size of a request's body");
  add("max-connections", size(limits.connections, "10k"), "open connections");
  add("send-buffer", size(read.send_buffer, "64k"), "unsent bytes that the system keeps for one");
  add("moment", duration(read.moment, "2s"), "for connections to end when the server stops");

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
  require_shorter(limits.header, "header", limits.request, "request");
  require_shorter(limits.handler, "handler", limits.request, "request");
  require_shorter(limits.body.grace, "rate-grace", limits.request, "request");
  return read;
}

}  // namespace http_server
