// Mistakes that compile, what they do, and how it is done right. doc/mistakes.md tells of them.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <functional>
#include <iostream>
#include <optional>
#include <string>

namespace asio = boost::asio;
using asio::awaitable;
using boost::system::error_code;
using namespace std::chrono_literals;

//! [cleanup]
awaitable<void> say_goodbye() {
  co_await curfew::sleep_for(1s);
  std::cout << "goodbye\n";
}

awaitable<void> call_wrong() {
  std::exception_ptr error;
  try {
    co_await curfew::sleep_for(1h);
  } catch (...) {
    error = std::current_exception();
  }
  co_await say_goodbye();  // refused: this coroutine has been asked to stop
  if (error) std::rethrow_exception(error);
}

awaitable<void> call_right() { co_await curfew::finally(curfew::sleep_for(1h), say_goodbye); }
//! [cleanup]

struct database {
  int open = 0;
  awaitable<void> begin() {
    co_await curfew::sleep_for(2s);
    ++open;
  }
  awaitable<void> move_money() { co_await curfew::sleep_for(1s); }
  awaitable<void> end() {
    co_await curfew::sleep_for(1s);
    --open;
  }
};

//! [acquire]
awaitable<void> transfer_wrong(database& db) {
  co_await curfew::shield(db.begin());  // asked to stop in here, and it begins all the same
  co_await curfew::finally(db.move_money(), [&] { return db.end(); });  // refused, the end as well
}

awaitable<void> transfer_right(database& db) {
  auto const both = [&]() -> awaitable<void> {
    co_await curfew::shield(db.begin());
    co_await db.move_money();
  };
  auto const end = [&]() -> awaitable<void> {
    if (db.open > 0) co_await db.end();
  };
  co_await curfew::finally(both(), end);
}
//! [acquire]

//! [redirected]
awaitable<void> read_wrong(asio::steady_timer& timer) {
  error_code error;
  co_await curfew::wait_for(timer.async_wait(asio::redirect_error(asio::use_awaitable, error)), 1s);
  std::cout << "inside:  " << (curfew::is_timeout(error) ? "too slow" : error.message()) << '\n';
}

awaitable<void> read_right(asio::steady_timer& timer) {
  error_code error;
  co_await curfew::wait_for(timer.async_wait(asio::deferred),
                            1s)(asio::redirect_error(asio::use_awaitable, error));
  std::cout << "outside: " << (curfew::is_timeout(error) ? "too slow" : error.message()) << '\n';
}
//! [redirected]

//! [after]
awaitable<void> keep_the_handle() {
  std::optional<curfew::timeout_scope> kept;  // a copy; a reference would dangle
  auto const block = [&](curfew::timeout_scope& scope) -> awaitable<void> {
    kept = scope;
    co_await curfew::sleep_for(1s);
  };
  co_await curfew::timeout(5s, block);
  std::cout << "moved: " << kept->reschedule_after(1h) << ", expired: " << kept->expired() << '\n';
}
//! [after]

//! [lambda]
awaitable<void> greet(std::string name) {
  co_await curfew::sleep_for(1s);
  std::cout << "hello " << name << '\n';
}

void spawn_right(curfew::task_group& group, std::string const& name) {
  group.spawn({"greeting"}, greet, name);       // the copy lives as long as the task
  group.spawn([name] { return greet(name); });  // so does the lambda, which is not called here
}
//! [lambda]

//! [join_itself]
awaitable<void> join_itself(curfew::task<void>& self) {
  co_await curfew::checkpoint();
  auto const joined = co_await curfew::settle(self.join());
  try {
    joined.value();
  } catch (boost::system::system_error const& e) {
    std::cout << e.code().message() << '\n';
  }
}
//! [join_itself]

awaitable<void> all() {
  std::cout << "without a shield:\n";
  co_await curfew::move_on_after(call_wrong(), 1min);
  std::cout << "with finally:\n";
  co_await curfew::move_on_after(call_right(), 1min);

  for (auto* transfer : {transfer_wrong, transfer_right}) {
    database db;
    co_await curfew::move_on_after(1s, transfer, std::ref(db));
    std::cout << "left open: " << db.open << '\n';
  }

  asio::steady_timer timer(co_await asio::this_coro::executor, 1h);
  co_await read_wrong(timer);
  co_await read_right(timer);
  co_await keep_the_handle();

  auto const greetings = [](curfew::task_group& group) -> awaitable<void> {
    spawn_right(group, "you");
    co_return;
  };
  co_await curfew::with_task_group(greetings);
}

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  auto const ended = curfew::spawn(context, all());
  time.run();
  ended.result().value();

  curfew::task<void> self;
  self = curfew::spawn(context, join_itself(self));
  time.run();
}
