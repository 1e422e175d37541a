#include "counters.hpp"

#include <unistd.h>

#include <chrono>
#include <string_view>

namespace http_server {
namespace {

constexpr std::array<std::string_view, limit_kinds> kind_names = {
    "idle",      "header",      "request",   "handler",     "receive_rate",
    "send_rate", "header_size", "body_size", "connections",
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
  std::string end() { return std::move(text_) + "}"; }

 private:
  std::string text_;
  std::string_view separator_;
};

std::uint64_t milliseconds(curfew::clock::duration time) {
  using std::chrono::milliseconds;
  return static_cast<std::uint64_t>(std::chrono::duration_cast<milliseconds>(time).count());
}

}  // namespace

std::string to_json(counters const& all, limits const& in_force) {
  object process("process");
  process.add("pid", static_cast<std::uint64_t>(::getpid()));

  object limits("limits");
  limits.add("idle_ms", milliseconds(in_force.idle))
      .add("header_ms", milliseconds(in_force.header))
      .add("request_ms", milliseconds(in_force.request))
      .add("handler_ms", milliseconds(in_force.handler))
      .add("min_rate", in_force.body.bytes_per_second)
      .add("rate_grace_ms", milliseconds(in_force.body.grace))
      .add("header_bytes", in_force.header_bytes)
      .add("body_bytes", in_force.body_bytes)
      .add("connections", in_force.connections);

  object hits("limits_hit");
  for (std::size_t i = 0; i < limit_kinds; ++i) hits.add(kind_names[i], all.hits[i]);

  object requests("requests");
  requests.add("begun", all.begun);
  for (std::size_t i = 0; i < fates; ++i) requests.add(fate_names[i], all.ended[i]);

  object connections("connections");
  connections.add("accepted", all.accepted)
      .add("accept_errors", all.accept_errors)
      .add("open", all.open)
      .add("most_open", all.most_open);

  object backends("backends");
  backends.add("asked", all.backends_asked).add("gave_up", all.backends_gave_up);

  return "{\n" + process.end() + ",\n" + limits.end() + ",\n" + hits.end() + ",\n" +
         requests.end() + ",\n" + connections.end() + ",\n" + backends.end() + "\n}\n";
}

}  // namespace http_server
