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
  if (error != std::errc() || !(number >= 0)) return std::nullopt;
  auto const unit = units.find(text.substr(static_cast<std::size_t>(end - text.data())));
  if (unit == units.end()) return std::nullopt;
  double const value = number * static_cast<double>(unit->second);
  if ((number > 0 && value < 1) || value > 1e18) return std::nullopt;
  return static_cast<std::uint64_t>(value);
}

[[noreturn]] void refuse(std::string const& text, std::string const& what) {
  po::error_with_option_name error("option '%canonical_option%': '" + text + "' is not " + what);
  throw error;
}

template <bool OrZero>
struct duration_value {
  clock::duration value;
};

template <bool OrZero>
duration_value<OrZero> read_duration(std::string const& text) {
  if (text == "never") return {clock::duration::max()};
  auto const found =
      read_number(text, {{"ms", 1'000'000}, {"s", 1'000'000'000}, {"m", 60'000'000'000}});
  if (!found || (*found == 0 && !OrZero))
    refuse(text, "a duration; write 500ms, 1.5s, 2m or never");
  return {std::chrono::nanoseconds(*found)};
}

struct size_value {
  std::uint64_t value;
};

size_value read_size(std::string const& text) {
  auto const found = read_number(text, {{"", 1}, {"k", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}});
  if (!found || *found == 0) refuse(text, "a size; write 4096, 64k, 10M or 1G");
  return {*found};
}

// Program_options finds these by their arguments.
template <bool OrZero>
void validate(boost::any& into, std::vector<std::string> const& texts, duration_value<OrZero>*,
              int) {
  po::validators::check_first_occurrence(into);
  into = read_duration<OrZero>(po::validators::get_single_string(texts));
}
void validate(boost::any& into, std::vector<std::string> const& texts, size_value*, int) {
  po::validators::check_first_occurrence(into);
  into = read_size(po::validators::get_single_string(texts));
}

template <bool OrZero = false>
auto* duration(clock::duration& to, std::string const& preset) {
  return po::value<duration_value<OrZero>>()
      ->value_name("time")
      ->default_value(read_duration<OrZero>(preset), preset)
      ->notifier([&to](duration_value<OrZero> given) { to = given.value; });
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

void require(bool good, char const* otherwise) {
  if (!good) throw po::error(otherwise);
}

void require_shorter(clock::duration inner, char const* name, clock::duration outer,
                     char const* outer_name) {
  if (inner <= outer) return;
  throw po::error(std::string("option '--") + name + "' is longer than '--" + outer_name +
                  "', which would always end it first");
}

/// What contradicts itself is said before anything starts.
void check(options const& read) {
  auto const& limits = read.limits;
  require_shorter(limits.header, "header", limits.request, "request");
  require_shorter(limits.handler, "handler", limits.request, "request");
  require_shorter(limits.body.grace, "rate-grace", limits.request, "request");

  constexpr auto never = clock::duration::max();
  auto const& stages = read.shutdown;
  require(stages.delay != never, "with '--drain-delay never' the server would never stop");
  bool const cancels = stages.total == never ||
                       (stages.delay < stages.total && stages.drain < stages.total - stages.delay);
  require(cancels,
          "'--total-limit' leaves no time after '--drain-delay' and '--drain-limit' to cancel "
          "what is left");

  bool const both = !read.certificate.empty() && !read.key.empty();
  bool const either = !read.certificate.empty() || !read.key.empty();
  require(!read.tls_port || both, "'--tls-port' needs a '--certificate' and its '--key'");
  require(read.tls_port || !either, "'--certificate' and '--key' need a '--tls-port'");
  require(read.threads >= 1 && read.threads <= 256, "'--threads' takes a number from 1 to 256");
}

void describe(po::options_description& known, options& read) {
  auto& limits = read.limits;
  auto& stages = read.shutdown;
  auto const optional_port = [&read](std::uint16_t given) { read.tls_port = given; };
  auto add = known.add_options();
  add("help", "this text");
  add("port", po::value(&read.port)->default_value(0), "port on 127.0.0.1; 0: any free one");
  add("tls-port", po::value<std::uint16_t>()->notifier(optional_port), "the same for HTTPS");
  add("certificate", po::value(&read.certificate), "file with the certificates for it, PEM");
  add("key", po::value(&read.key), "file with its private key, PEM");
  add("port-file", po::value(&read.port_file), "write both ports to this file");
  add("threads", po::value(&read.threads)->default_value(1), "threads that serve");
  add("handshake", duration(limits.handshake, "10s"), "to agree on TLS");
  add("idle", duration(limits.idle, "60s"), "for the first byte of the next request");
  add("header", duration(limits.header, "10s"), "for a complete header");
  add("request", duration(limits.request, "60s"), "for reading, handling and answering a request");
  add("handler", duration(limits.handler, "30s"), "for a handler to come to its answer");
  add("min-rate", size(limits.body.bytes_per_second, "1k"), "bytes a second for bodies, both ways");
  add("rate-grace", duration(limits.body.grace, "5s"), "how long a body may rest");
  add("farewell", duration(limits.farewell, "1s"), "for a client to hear the last and hang up");
  add("max-header", size(limits.header_bytes, "8k"), "size of a header");
  add("max-body", size(limits.body_bytes, "10M"), "size of a request's body");
  add("max-connections", size(limits.connections, "10k"), "open connections");
  add("send-buffer", size(read.send_buffer, "64k"), "unsent bytes that the system keeps for one");
  add("drain-delay", duration<true>(stages.delay, "0s"),
      "from the signal until it accepts no more");
  add("drain-limit", duration<true>(stages.drain, "20s"), "for requests to be answered then");
  add("cancel-limit", duration<true>(stages.cancel, "5s"), "for what is cancelled then to end");
  add("total-limit", duration(stages.total, "never"), "from the signal to the end");
  add("introspection", po::bool_switch(&read.introspection), "answer /tasks");
}

}  // namespace

std::optional<options> read_options(int argc, char const* const* argv) {
  options read{};
  po::options_description known("http_server: an HTTP/1.1 server with limits on everything", 100,
                                50);
  describe(known, read);
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
  check(read);
  return read;
}

}  // namespace http_server
