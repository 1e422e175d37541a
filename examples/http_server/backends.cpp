#include "backends.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <curfew/curfew.hpp>
#include <memory>
#include <string>
#include <utility>

#include "accept_loop.hpp"

namespace http_server {

using namespace std::chrono_literals;
using curfew::clock;
using std::chrono::milliseconds;

namespace {

struct question {
  milliseconds work{};
  milliseconds budget{};
};

awaitable<question> read_question(tcp::socket& socket) {
  std::string line;
  co_await curfew::wait_for(
      asio::async_read_until(socket, asio::dynamic_buffer(line, 64), '\n', asio::deferred), 1s);
  milliseconds::rep work = 0;
  milliseconds::rep budget = 0;
  char const* const end = line.data() + line.size();
  auto const first = std::from_chars(line.data(), end, work);
  if (first.ptr != end) std::from_chars(first.ptr + 1, end, budget);
  co_return question{milliseconds(work), milliseconds(budget)};
}

/// What one request's calls share. A call that outlives the request keeps it alive.
struct fan {
  struct result {
    std::size_t index = 0;
    backend_answer answer = backend_answer::failed;
  };

  fan(asio::any_io_executor const& executor, std::size_t calls)
      : answers(executor, calls), open(calls) {}

  asio::experimental::channel<void(error_code, result)> answers;
  std::vector<tcp::socket*> open;
};

/// A socket that the others can close while it is there.
class listed_socket {
 public:
  listed_socket(asio::any_io_executor const& executor, std::shared_ptr<fan> const& calls,
                std::size_t index)
      : socket(executor), calls_(calls), index_(index) {
    calls_->open[index_] = &socket;
  }
  listed_socket(listed_socket const&) = delete;
  listed_socket& operator=(listed_socket const&) = delete;
  ~listed_socket() { calls_->open[index_] = nullptr; }

  tcp::socket socket;

 private:
  std::shared_ptr<fan> calls_;
  std::size_t index_;
};

/// Ends the calls of a request that is itself ended before they are.
struct hang_up {
  std::shared_ptr<fan> calls;

  ~hang_up() {
    error_code ignored;
    for (auto* socket : calls->open)
      if (socket) socket->close(ignored);
  }
};

awaitable<backend_answer> call(tcp::socket& socket, tcp::endpoint where, milliseconds work,
                               clock::time_point deadline) {
  co_await socket.async_connect(where, asio::deferred);
  auto const budget =
      std::chrono::floor<milliseconds>(deadline - curfew::now(socket.get_executor()));
  auto line = std::to_string(work.count()) + ' ' + std::to_string(budget.count()) + '\n';
  co_await asio::async_write(socket, asio::buffer(line), asio::deferred);
  line.clear();
  co_await asio::async_read_until(socket, asio::dynamic_buffer(line, 64), '\n', asio::deferred);
  co_return line == "done\n" ? backend_answer::came : backend_answer::out_of_time;
}

awaitable<void> ask_one(std::shared_ptr<fan> calls, std::size_t index, tcp::endpoint where,
                        milliseconds work, clock::time_point deadline) {
  listed_socket one(co_await asio::this_coro::executor, calls, index);
  auto const ended = co_await curfew::settle(
      curfew::timeout_at(deadline, call, std::ref(one.socket), where, work, deadline));
  auto answer = backend_answer::failed;
  if (ended.has_value()) answer = ended.value();
  if (ended.timed_out()) answer = backend_answer::out_of_time;
  calls->answers.try_send(error_code(), fan::result{index, answer});
}

}  // namespace

backends::backends(asio::any_io_executor executor, counters& counters)
    : acceptor_(std::move(executor), tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      where_(acceptor_.local_endpoint()),
      counters_(counters) {}

void backends::start() {
  auto const executor = acceptor_.get_executor();
  auto const begin = [executor, all = &counters_](tcp::socket socket) {
    asio::co_spawn(executor, serve(std::move(socket), all), asio::detached);
  };
  asio::co_spawn(executor, accept_loop(acceptor_, counters_.accept_errors, begin), asio::detached);
}

awaitable<void> backends::serve(tcp::socket socket, counters* counters) {
  auto const asked = co_await read_question(socket);
  ++counters->backends_asked;
  bool const done = co_await curfew::move_on_after(curfew::sleep_for(asked.work), asked.budget);
  if (!done) ++counters->backends_gave_up;
  std::string_view const reply = done ? "done\n" : "late\n";
  co_await curfew::wait_for(asio::async_write(socket, asio::buffer(reply), asio::deferred), 1s);
}

awaitable<std::vector<backend_answer>> ask_backends(tcp::endpoint where,
                                                    std::vector<milliseconds> work,
                                                    clock::time_point deadline) {
  auto const executor = co_await asio::this_coro::executor;
  hang_up const on_the_way_out{std::make_shared<fan>(executor, work.size())};
  auto const& calls = on_the_way_out.calls;
  for (std::size_t i = 0; i < work.size(); ++i)
    asio::co_spawn(executor, ask_one(calls, i, where, work[i], deadline), asio::detached);

  std::vector<backend_answer> answers(work.size(), backend_answer::failed);
  for (std::size_t i = 0; i < work.size(); ++i) {
    auto const next = co_await calls->answers.async_receive(asio::deferred);
    answers[next.index] = next.answer;
  }
  co_return answers;
}

}  // namespace http_server
