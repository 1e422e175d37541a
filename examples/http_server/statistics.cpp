#include "statistics.hpp"

#include <unistd.h>

#include <chrono>
#include <string_view>
#include <utility>

namespace http_server {
namespace {

constexpr std::array<std::string_view, limit_kinds> kind_names = {
    "handshake",    "idle",      "header",      "request",   "handler",     "client_time",
    "receive_rate", "send_rate", "header_size", "body_size", "connections",
};
constexpr std::array<std::string_view, fates> fate_names = {
    "answered", "refused", "cut", "client_gone", "stopped", "failed",
};

/// One JSON object: `"name": {"a": 1, "b": 2}`.
class object {
 public:
  explicit object(std::string_view name) { text_.append("  \"").append(name).append("\": {"); }
  object& add(std::string_view name, std::uint64_t value) {
    text_.append(separator_).append("\"").append(name).append("\": ").append(std::to_string(value));
    separator_ = ", ";
    return *this;
  }
  object& add(std::string_view name, curfew::clock::duration time) {
    using std::chrono::milliseconds;
    return add(name,
               static_cast<std::uint64_t>(std::chrono::duration_cast<milliseconds>(time).count()));
  }
  std::string end() { return std::move(text_) + "}"; }

 private:
  std::string text_;
  std::string_view separator_;
};

std::string limits_of(options const& chosen) {
  auto const& in_force = chosen.limits;
  return object("limits")
      .add("handshake_ms", in_force.handshake)
      .add("idle_ms", in_force.idle)
      .add("header_ms", in_force.header)
      .add("request_ms", in_force.request)
      .add("handler_ms", in_force.handler)
      .add("min_rate", in_force.body.bytes_per_second)
      .add("rate_grace_ms", in_force.body.grace)
      .add("header_bytes", in_force.header_bytes)
      .add("body_bytes", in_force.body_bytes)
      .add("connections", in_force.connections)
      .add("drain_delay_ms", chosen.shutdown.delay)
      .add("drain_limit_ms", chosen.shutdown.drain)
      .end();
}

}  // namespace

std::string statistics(options const& chosen, std::uint16_t tls_port, counters const& server,
                       counters const& backends) {
  object process("process");
  process.add("pid", static_cast<std::uint64_t>(::getpid()))
      .add("threads", chosen.threads)
      .add("tls_port", tls_port);

  object hits("limits_hit");
  for (std::size_t i = 0; i < limit_kinds; ++i) hits.add(kind_names[i], server.hits[i]);

  object requests("requests");
  requests.add("begun", server.begun);
  for (std::size_t i = 0; i < fates; ++i) requests.add(fate_names[i], server.ended[i]);

  object connections("connections");
  connections.add("accepted", server.accepted)
      .add("accept_errors", server.accept_errors)
      .add("failed_handshakes", server.failed_handshakes)
      .add("open", server.open)
      .add("most_open", server.most_open);

  object asked("backends");
  asked.add("asked", backends.begun)
      .add("gave_up", backends.of(limit_kind::client_time) + backends.of(fate::client_gone));

  return "{\n" + process.end() + ",\n" + limits_of(chosen) + ",\n" + hits.end() + ",\n" +
         requests.end() + ",\n" + connections.end() + ",\n" + asked.end() + "\n}\n";
}

}  // namespace http_server
