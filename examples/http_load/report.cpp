#include "report.hpp"

#include <cinttypes>
#include <cstdio>

#include "misbehaving.hpp"

namespace http_load {

namespace {

struct limit_row {
  char const* name;
  char const* value;
  char const* unit;
  char const* who;
};
constexpr limit_row limit_rows[] = {
    {"handshake", "handshake_ms", "ms", "connects for TLS and says nothing"},
    {"header", "header_ms", "ms", "sends a header without end"},
    {"idle", "idle_ms", "ms", "says nothing, or nothing more"},
    {"receive_rate", "rate_grace_ms", "ms", "sends a byte of body a second"},
    {"send_rate", "rate_grace_ms", "ms", "does not read its download"},
    {"request", "request_ms", "ms", "sends steadily, without end"},
    {"handler", "handler_ms", "ms", "asks for what takes too long"},
    {"client_time", "client_time_ms", "ms", "says that it has less time"},
    {"header_size", "header_bytes", "B", "sends a huge header"},
    {"body_size", "body_bytes", "B", "announces a huge body"},
    {"connections", "connections", "", "is one too many"},
};

limit_seen const& seen_by_clients(world const& all, char const* name) {
  static limit_seen const none;
  auto const found = all.limits.find(name);
  return found == all.limits.end() ? none : found->second;
}

std::int64_t hits(world const& all, char const* name) {
  auto const find = [&](server_facts const& facts) {
    auto const found = facts.hits.find(name);
    return found == facts.hits.end() ? 0 : found->second;
  };
  return find(all.after) - find(all.before);
}

void print_requests(tally const& requests) {
  auto const row = [&](char const* what, fate how) {
    std::printf("  %-44s %9" PRIu64 "\n", what, requests.ended(how));
  };
  std::printf("requests by outcome\n");
  row("ok", fate::ok);
  row("timed out and told so (408, 503)", fate::too_late_answer);
  row("refused (400, 413, 431, 503 at the door)", fate::refused);
  row("closed by a limit", fate::closed_by_limit);
  row("client went away on purpose", fate::went_away);
  row("failed", fate::failed);
  std::printf("  %-44s %9" PRIu64 " of %" PRIu64 " started\n", "accounted for",
              requests.accounted(), requests.started());
}

void print_limits(world const& all) {
  std::printf("\n%-14s %9s    %7s %7s  %s\n", "limits hit", "set to", "clients", "server",
              "ended after it, ms: p50     max  by a client that");
  for (auto const& row : limit_rows) {
    auto const value = all.before.limits.find(row.value);
    auto const& seen = seen_by_clients(all, row.name);
    std::printf("  %-12s %9" PRId64 " %-2s %7" PRIu64 " %7" PRId64, row.name,
                value == all.before.limits.end() ? 0 : value->second, row.unit, seen.times,
                hits(all, row.name));
    if (seen.late.count())
      std::printf("  %23.1f %7.1f  %s\n", seen.late.quantile_ms(0.5), seen.late.most_ms(), row.who);
    else
      std::printf("  %23s %7s  %s\n", "-", "-", row.who);
  }
}

void print_latencies(std::vector<errand> const& errands) {
  std::printf("\n%-27s %8s %7s  %s\n", "well-behaved clients", "requests", "failed",
              "latency, ms: p50     p99   p99.9     max");
  for (auto const& one : errands)
    std::printf("  %-25s %8" PRIu64 " %7" PRIu64 "  %16.1f %7.1f %7.1f %7.1f\n", one.name.c_str(),
                one.took.count() + one.failed, one.failed, one.took.quantile_ms(0.5),
                one.took.quantile_ms(0.99), one.took.quantile_ms(0.999), one.took.most_ms());
}

void print_closing(world const& all) {
  auto const& seen = all.closing;
  std::printf("\nSIGTERM amid %u requests, %u of them by TLS, and %u idle connections\n",
              seen.begun, seen.encrypted, seen.idle);
  std::printf("  %-44s %9u of %u, the last after %.0f ms\n", "requests answered to the end",
              seen.answered, seen.begun, seen.last_answer.count());
  std::printf("  %-44s %9u of %u, the last after %.0f ms\n", "idle connections that went home",
              seen.went_home, seen.idle, seen.last_home.count());
  std::printf("  %-44s %9u, %u lost\n", "pages for who kept asking", seen.pages, seen.lost);
  std::printf("  %-44s %9s\n", "/ready said no before the drain", seen.not_ready ? "yes" : "no");
  std::printf("  %-44s %9s\n", "new connections refused from the drain on",
              seen.refused ? "yes" : "no");
}

/// Prints each reason for which the run is no success.
class judge {
 public:
  void require(bool good, char const* otherwise) {
    if (good) return;
    std::printf("WRONG: %s\n", otherwise);
    good_ = false;
  }
  bool good() const { return good_; }

 private:
  bool good_ = true;
};

bool agrees(world const& all) {
  bool same = true;
  for (auto const& row : limit_rows) {
    auto const clients = static_cast<std::int64_t>(seen_by_clients(all, row.name).times);
    if (clients != hits(all, row.name)) same = false;
  }
  return same;
}

}  // namespace

bool print_report(world const& all, std::vector<errand> const& errands) {
  std::printf("%u well-behaved connections%s and %u bad clients of each of %zu kinds, %.0f s\n\n",
              all.chosen.well_behaved, all.has_tls() ? ", one in four by TLS," : "",
              all.chosen.misbehaving, misdeeds(all.has_tls()).size() + 2, all.chosen.time.count());
  print_requests(all.requests);
  print_limits(all);
  print_latencies(errands);
  std::printf("\nserver: %.1f MiB, %.1f MiB at its peak; %" PRId64 " connections at most\n",
              static_cast<double>(all.used.now) / 1024, static_cast<double>(all.used.peak) / 1024,
              all.after.most_open);

  if (all.chosen.shut_down) print_closing(all);

  for (auto const& what : all.requests.complaints()) std::printf("  %s\n", what.c_str());
  for (auto const& what : all.closing.complaints) std::printf("  %s\n", what.c_str());
  std::uint64_t suffered = 0;
  for (auto const& one : errands) suffered += one.failed;
  auto const tolerance = static_cast<double>(all.chosen.tolerance.count());
  bool outlived = false;
  for (auto const& [name, seen] : all.limits) outlived |= seen.late.most_ms() > tolerance;
  double const page = errands.empty() ? 0 : errands.front().took.quantile_ms(0.99);

  judge verdict;
  verdict.require(all.finished, "the run did not come to its end");
  verdict.require(all.requests.started() == all.requests.accounted(),
                  "requests are unaccounted for");
  verdict.require(all.requests.ended(fate::ok) > 0, "nothing succeeded");
  verdict.require(suffered == 0, "well-behaved clients suffered");
  verdict.require(page <= static_cast<double>(all.chosen.page_p99.count()),
                  "well-behaved clients waited too long for a page");
  verdict.require(!outlived, "a client outlived its limit");
  verdict.require(all.requests.ended(fate::failed) == 0, "requests failed");
  verdict.require(!all.finished || agrees(all), "clients and server disagree on the limits hit");
  verdict.require(!all.finished || all.after.open == 1, "the server kept connections");
  verdict.require(!all.finished || all.after.unfinished == 1, "the server lost count of requests");
  verdict.require(!all.chosen.shut_down || all.closing.good(), "the shutdown hurt somebody");
  std::printf("%s\n", verdict.good() ? "all as it should be" : "NOT as it should be");
  return verdict.good();
}

}  // namespace http_load
