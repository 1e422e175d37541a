// The workloads of curfew_bench on Boost.Cobalt, those that it has. Prints one JSON object of the
// same row names; times are CPU time of the process, as there.

#include <boost/asio.hpp>
#include <boost/cobalt.hpp>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <deque>
#include <exception>
#include <string>
#include <utility>
#include <vector>

// The library of a newer compiler asks for this; elsewhere the C++ library has it.
extern "C" [[gnu::weak]] void __cxa_call_terminate(void*) { std::terminate(); }

namespace asio = boost::asio;
namespace cobalt = boost::cobalt;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t many = 100'000;

using timer =
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>, cobalt::executor>;

double cpu() {
  std::timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

cobalt::promise<void> yields(std::size_t count) {
  auto const executor = co_await cobalt::this_coro::executor;
  while (count-- > 0) co_await asio::post(executor, cobalt::use_op);
}

cobalt::promise<void> limited_yields(std::size_t count) {
  auto const executor = co_await cobalt::this_coro::executor;
  timer deadline(executor);
  while (count-- > 0) {
    deadline.expires_after(10s);
    co_await cobalt::race(asio::post(executor, cobalt::use_op),
                          deadline.async_wait(cobalt::use_op));
  }
}

std::chrono::milliseconds delay(std::size_t index) {
  return std::chrono::milliseconds(1 + index % 100);
}

cobalt::promise<void> sleep_once(std::size_t index) {
  timer until(co_await cobalt::this_coro::executor, delay(index));
  co_await until.async_wait(cobalt::use_op);
}

/// A wait of two hours that a shorter one ends.
cobalt::promise<void> expire(std::size_t index) {
  auto const executor = co_await cobalt::this_coro::executor;
  timer until(executor, 2h);
  timer deadline(executor, delay(index));
  co_await cobalt::race(until.async_wait(cobalt::use_op), deadline.async_wait(cobalt::use_op));
}

cobalt::promise<void> nothing() { co_return; }

/// Starts `count` coroutines and waits for all of them.
template <class Make>
cobalt::promise<void> all_of(std::size_t count, Make make) {
  std::vector<cobalt::promise<void>> running;
  running.reserve(count);
  for (std::size_t i = 0; i < count; ++i) running.push_back(make(i));
  co_await cobalt::join(running);
}

/// The median of what one of `count` things took, of five runs.
template <class Body>
double each(std::size_t count, Body body) {
  std::vector<double> taken;
  auto const once = [](Body* made, std::size_t of,
                       std::vector<double>* into) -> cobalt::task<void> {
    // The pool that `run` takes moves a list of all that lives with what is freed, in GNU's
    // library.
    cobalt::this_thread::set_default_resource(cobalt::pmr::new_delete_resource());
    auto const started = cpu();
    co_await (*made)();
    into->push_back((cpu() - started) / static_cast<double>(of));
  };
  for (int i = 0; i < 5; ++i) cobalt::run(once(&body, count, &taken));
  std::ranges::sort(taken);
  return taken[taken.size() / 2];
}

template <class Body>
double in_coroutines(std::size_t coroutines, Body body) {
  constexpr std::size_t operations = 200'000;
  auto const one = [=](std::size_t) { return body(operations / coroutines); };
  return each(operations, [=] { return all_of(coroutines, one); });
}

template <class Body>
double at_once(Body body) {
  return each(many, [=] { return all_of(many, body); });
}

cobalt::promise<void> children() {
  for (int round = 0; round < 20; ++round) {
    co_await all_of(1'000, [](std::size_t) { return nothing(); });
  }
}

void print(std::string const& name, double value, char const* after = ", ") {
  std::printf("\"%s\": %.1f%s", name.c_str(), value, after);
}

}  // namespace

int main() {
  std::printf("{");
  for (std::size_t coroutines : {1u, 100u}) {
    auto const tag = "/C:" + std::to_string(coroutines);
    print("yield" + tag, in_coroutines(coroutines, yields));
    print("wait_for_op" + tag, in_coroutines(coroutines, limited_yields));
  }
  print("sleep/N:100000", at_once(sleep_once));
  print("expire/N:100000", at_once(expire));
  print("task_group/C:1", each(20'000, children), "}\n");
}
