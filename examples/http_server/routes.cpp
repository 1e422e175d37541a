#include "routes.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <curfew/sleep.hpp>
#include <curfew/tasks.hpp>
#include <curfew/this_task.hpp>
#include <iterator>
#include <vector>

#include "backends.hpp"

namespace http_server {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

constexpr std::string_view page = R"(<!doctype html>
<title>curfew</title>
<h1>An HTTP server with limits on everything</h1>
<ul>
<li><a href="/slow?ms=100">/slow?ms=100</a>: a handler that takes its time
<li>POST /upload: counts and sums up what it is sent
<li><a href="/download?bytes=1000000">/download?bytes=1000000</a>: a streamed answer
<li><a href="/fanout?ms=20,40,9999">/fanout?ms=20,40,9999</a>: asks slow backends
<li><a href="/ready">/ready</a>: whether to send more requests
<li><a href="/stats">/stats</a>: counters and limits
<li><a href="/tasks">/tasks</a>, ?format=json, ?format=dot: what waits for what
</ul>
)";

/// The value of the first `name=value` in a query.
std::string_view value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    auto const part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(part.size() + 1, query.size()));
    if (part.starts_with(name) && part.substr(name.size(), 1) == "=")
      return part.substr(name.size() + 1);
  }
  return {};
}

/// The numbers of `name=1,2,3`.
std::vector<std::uint64_t> numbers(std::string_view query, std::string_view name) {
  std::vector<std::uint64_t> found;
  auto list = value(query, name);
  for (;;) {
    std::uint64_t number = 0;
    auto const [next, error] = std::from_chars(list.data(), list.data() + list.size(), number);
    if (error != std::errc()) return found;
    found.push_back(number);
    list.remove_prefix(static_cast<std::size_t>(next - list.data()));
    if (!list.starts_with(',')) return found;
    list.remove_prefix(1);
  }
}

std::uint64_t number(std::string_view query, std::string_view name, std::uint64_t preset) {
  auto const found = numbers(query, name);
  return found.empty() ? preset : found.front();
}

awaitable<answer> show_page(request const&, std::string_view, service&) {
  co_return answer{.type = "text/html", .body = std::string(page)};
}

awaitable<answer> show_stats(request const&, std::string_view, service& shared) {
  if (!shared.statistics)
    co_return plain_answer(http::status::not_found, "nothing is counted here");
  co_return answer{.type = "application/json", .body = shared.statistics()};
}

/// For a load balancer: it sends no more before the server takes no more.
awaitable<answer> say_whether_ready(request const&, std::string_view, service& shared) {
  if (shared.control.requested())
    co_return plain_answer(http::status::service_unavailable, "about to stop");
  co_return answer{.body = "ready\n"};
}

awaitable<answer> show_tasks(request const&, std::string_view query, service& shared) {
  using curfew::dump_format;
  if (!shared.looked_into)
    co_return plain_answer(http::status::not_found, "this takes the option --introspection");
  auto const dump = [&](char const* type, dump_format how) -> answer {
    return {.type = type, .body = curfew::dump_tasks(*shared.looked_into, how)};
  };
  auto const format = value(query, "format");
  if (format == "json") co_return dump("application/json", dump_format::json);
  if (format == "dot") co_return dump("text/vnd.graphviz", dump_format::dot);
  co_return dump("text/plain", dump_format::tree);
}

awaitable<answer> be_slow(request const&, std::string_view query, service&) {
  auto const most = std::uint64_t{24} * 60 * 60 * 1000;
  co_await curfew::sleep_for(milliseconds(std::min(number(query, "ms", 100), most)));
  co_return answer{.body = "slow, but done\n"};
}

awaitable<answer> sum_up_upload(request const& asked, std::string_view, service&) {
  co_return answer{.body = std::to_string(asked.body_bytes) + " bytes, checksum " +
                           std::to_string(asked.body_checksum) + "\n"};
}

awaitable<answer> stream_download(request const&, std::string_view query, service&) {
  auto const most = std::uint64_t{1} << 30;
  co_return answer{.type = "application/octet-stream",
                   .streamed = std::min(number(query, "bytes", 1 << 20), most)};
}

awaitable<answer> fan_out(request const&, std::string_view query, service& shared) {
  auto const self = co_await curfew::this_task::self();
  auto work = numbers(query, "ms");
  if (work.empty()) work = {20, 40, 60};
  if (work.size() > 16) co_return plain_answer(http::status::bad_request, "16 backends at most");
  std::vector<milliseconds> times;
  for (auto const ms : work) times.emplace_back(std::min<std::uint64_t>(ms, 1'000'000));

  // The time that is left is the backends', less what it takes to answer with those that came.
  auto const left = std::min<curfew::clock::duration>(self.remaining(), 1h);
  auto const reserve = std::clamp<curfew::clock::duration>(left / 4, 1ms, 100ms);
  auto const came = co_await ask_backends(shared.backends, std::move(times), left - reserve);

  answer sum;
  for (std::size_t i = 0; i < came.size(); ++i) {
    sum.body += "backend " + std::to_string(i);
    switch (came[i]) {
      case backend_answer::came: sum.body += ": done\n"; break;
      case backend_answer::out_of_time: sum.body += ": out of time\n"; break;
      case backend_answer::failed: sum.body += ": failed\n"; break;
    }
  }
  auto const first = std::find(came.begin(), came.end(), backend_answer::came);
  if (first == came.end()) sum.status = http::status::gateway_timeout;
  co_return sum;
}

struct route {
  http::verb method;
  std::string_view path;
  awaitable<answer> (*handler)(request const&, std::string_view query, service&);
};
constexpr route routes[] = {
    {http::verb::get, "/", show_page},
    {http::verb::get, "/slow", be_slow},
    {http::verb::post, "/upload", sum_up_upload},
    {http::verb::get, "/download", stream_download},
    {http::verb::get, "/fanout", fan_out},
    {http::verb::get, "/ready", say_whether_ready},
    {http::verb::get, "/stats", show_stats},
    {http::verb::get, "/tasks", show_tasks},
};

constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz";

}  // namespace

awaitable<answer> handle(request const& asked, service& shared) {
  std::string_view const target = asked.target;
  auto const path = target.substr(0, target.find('?'));
  auto const query = target.substr(std::min(path.size() + 1, target.size()));
  auto const found = std::find_if(std::begin(routes), std::end(routes),
                                  [&](route const& one) { return one.path == path; });
  if (found == std::end(routes)) co_return plain_answer(http::status::not_found, "no such page");
  auto const method = asked.method == http::verb::head ? http::verb::get : asked.method;
  if (method != found->method)
    co_return plain_answer(http::status::method_not_allowed, "not with this method");
  co_return co_await found->handler(asked, query, shared);
}

answer plain_answer(http::status status, std::string_view why) {
  return {.status = status, .type = "text/plain", .body = std::string(why) + "\n"};
}

std::string_view stream_piece(std::uint64_t position, std::uint64_t most) {
  static std::string const pattern = [] {
    std::string text;
    while (text.size() < 64 * 1024) text += alphabet;
    return text;
  }();
  auto const from = static_cast<std::size_t>(position % alphabet.size());
  return std::string_view(pattern).substr(
      from, static_cast<std::size_t>(std::min<std::uint64_t>(most, pattern.size())));
}

}  // namespace http_server
