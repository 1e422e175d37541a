#include "server_facts.hpp"

#include <boost/property_tree/json_parser.hpp>
#include <boost/property_tree/ptree.hpp>
#include <curfew/wait_for.hpp>
#include <fstream>
#include <limits>
#include <sstream>
#include <stdexcept>

namespace http_load {

using namespace std::chrono_literals;

namespace {

std::map<std::string, std::int64_t> numbers_of(boost::property_tree::ptree const& object) {
  std::map<std::string, std::int64_t> numbers;
  for (auto const& [name, value] : object) numbers[name] = value.get_value<std::int64_t>();
  return numbers;
}

server_facts read_facts(std::string const& json) {
  std::istringstream text(json);
  boost::property_tree::ptree tree;
  boost::property_tree::read_json(text, tree);

  server_facts facts;
  facts.pid = tree.get<std::int64_t>("process.pid");
  facts.tls_port = tree.get<std::uint16_t>("process.tls_port");
  facts.limits = numbers_of(tree.get_child("limits"));
  facts.hits = numbers_of(tree.get_child("limits_hit"));
  for (auto const& [name, count] : numbers_of(tree.get_child("requests")))
    facts.unfinished += name == "begun" ? count : -count;
  facts.open = tree.get<std::int64_t>("connections.open");
  facts.most_open = tree.get<std::int64_t>("connections.most_open");
  return facts;
}

}  // namespace

awaitable<server_facts> ask_server(http_client& client) {
  auto const stats = co_await curfew::wait_for(client.ask({.target = "/stats"}), 2s);
  if (stats.status != 200) throw std::runtime_error("the server has no /stats");
  co_return read_facts(stats.body);
}

memory memory_of(std::int64_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  memory found;
  for (std::string name; status >> name;) {
    if (name == "VmRSS:") status >> found.now;
    if (name == "VmHWM:") status >> found.peak;
    status.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return found;
}

}  // namespace http_load
