#include "well_behaved.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <boost/crc.hpp>
#include <curfew/curfew.hpp>
#include <numeric>
#include <random>
#include <utility>

#include "words.hpp"

namespace http_load {

using namespace std::chrono_literals;

namespace {

/// Where handlers may take longer, none is waited for.
constexpr std::chrono::milliseconds longest_handler = 2s;

bool is_ok(reply const& given, std::string_view body) {
  return given.status == 200 && given.body == body;
}

std::string sum_of(std::string const& upload) {
  boost::crc_32_type checksum;
  checksum.process_bytes(upload.data(), upload.size());
  return std::to_string(upload.size()) + " bytes, checksum " + std::to_string(checksum.checksum()) +
         "\n";
}

errand& choose(std::vector<errand>& errands, std::minstd_rand& random) {
  auto const add = [](unsigned sum, errand const& one) { return sum + one.weight; };
  auto const all = std::accumulate(errands.begin(), errands.end(), 0U, add);
  auto left = std::uniform_int_distribution<unsigned>(0, all - 1)(random);
  auto one = errands.begin();
  for (; left >= one->weight; ++one) left -= one->weight;
  return *one;
}

/// One request, under a limit of the client's own that a sound server never makes it need.
awaitable<void> run_errand(world& all, http_client& client, errand& one) {
  attempt request(all.requests);
  if (!client.is_open()) (void)co_await curfew::settle(client.connect());
  auto const began = clock::now();
  question const asked{one.target, one.body, one.patience};
  auto const ended =
      co_await curfew::settle(curfew::timeout(10s, &http_client::ask, &client, asked));
  auto const at = clock::now();
  if (!ended.has_value() || !one.right(ended.value())) {
    ++one.failed;
    client.close();
    co_return request.fail(one.name + ": " +
                           (ended.has_value() ? "status " + std::to_string(ended.value().status)
                                              : in_words(ended.error())));
  }
  if (!ended.value().keep_alive) client.close();
  one.took.add(at - began);
  if (!one.limit) co_return request.end(fate::ok);
  if (all.in_time(one.limit, began + one.patience.value_or(all.before.limit("handler_ms")), at))
    request.end(fate::too_late_answer);
  else
    request.fail(one.name + ": not ended at its limit");
}

}  // namespace

std::vector<errand> make_errands(server_facts const& server) {
  auto const handler = server.limit("handler_ms").count();
  auto const too_slow = std::to_string(handler * 4);
  unsigned const short_enough = server.limit("handler_ms") <= longest_handler ? 1 : 0;
  std::string upload(64 * 1024, ' ');
  for (std::size_t i = 0; i < upload.size(); ++i) upload[i] = static_cast<char>('a' + i % 23);
  std::string download(256 * 1024, ' ');
  for (std::size_t i = 0; i < download.size(); ++i) download[i] = static_cast<char>('a' + i % 26);

  auto const status = [](unsigned wanted) {
    return [wanted](reply const& given) { return given.status == wanted; };
  };
  auto const exactly = [](std::string body) {
    return [body](reply const& given) { return is_ok(given, body); };
  };
  auto const all_came = exactly("backend 0: done\nbackend 1: done\nbackend 2: done\n");
  auto const two_came = exactly("backend 0: done\nbackend 1: done\nbackend 2: out of time\n");
  return {
      {"page", 40, "/", "", status(200)},
      {"handler of 20 ms", 15, "/slow?ms=20", "", exactly("slow, but done\n")},
      {"handler beyond its limit", 2 * short_enough, "/slow?ms=" + too_slow, "", status(503),
       "handler"},
      {"beyond the client's time", 1, "/slow?ms=" + too_slow, "", status(503), "client_time",
       server.limit("client_time_ms")},
      {"upload of 64 KiB", 13, "/upload", upload, exactly(sum_of(upload))},
      {"download of 256 KiB", 15, "/download?bytes=262144", "", exactly(download)},
      {"fan-out to 3 backends", 12, "/fanout?ms=5,10,20", "", all_came},
      {"fan-out, 1 of 3 too slow", 3 * short_enough, "/fanout?ms=5,10," + too_slow, "", two_came},
  };
}

awaitable<void> behave_well(world& all, std::vector<errand>& errands, unsigned seed) {
  std::minstd_rand random(seed);
  std::uniform_int_distribution<int> pause(0, 10);
  http_client client(co_await asio::this_coro::executor, all.peer_of(seed));
  auto const longest = std::min(all.before.limit("handler_ms"), longest_handler) + 100ms;
  while (all.time_for(longest)) {
    co_await run_errand(all, client, choose(errands, random));
    co_await curfew::sleep_for(std::chrono::milliseconds(pause(random)));
  }
}

}  // namespace http_load
