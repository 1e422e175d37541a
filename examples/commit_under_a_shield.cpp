// A request handler under a deadline whose database commit must not be cut in two.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <iostream>
#include <string>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

struct database {
  int accounts = 0, journal = 0;

  awaitable<int> commit() {
    co_await curfew::sleep_for(1s);
    ++accounts;
    co_await curfew::sleep_for(1s);  // between the two nobody may stop us
    co_return ++journal;
  }
};

//! [handler]
awaitable<std::string> handle(database& db, curfew::clock::duration checking) {
  co_await curfew::sleep_for(checking);                        // may be cut off
  int const number = co_await curfew::shield(db.commit());     // not in here
  co_return "order " + std::to_string(number) + " is placed";  // a value always wins
}
//! [handler]

awaitable<std::string> handle_without(database& db, curfew::clock::duration checking) {
  co_await curfew::sleep_for(checking);
  co_return "order " + std::to_string(co_await db.commit()) + " is placed";
}

//! [request]
template <class Handler>
awaitable<void> request(std::string name, Handler handler, curfew::clock::duration checking) {
  database db;
  auto const answer = co_await curfew::settle(curfew::timeout(5s, handler, std::ref(db), checking));
  std::cout << name << ": " << (answer.has_value() ? answer.value() : "503 too slow")
            << ", accounts " << db.accounts << ", journal " << db.journal << '\n';
}
//! [request]

awaitable<void> all() {
  co_await request("quick", handle, 1s);
  co_await request("tight", handle, 3500ms);  // the deadline passes in the middle of the commit
  co_await request("slow", handle, 6s);
  co_await request("tight, without a shield", handle_without, 3500ms);
}

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  asio::co_spawn(context, all(), asio::detached);
  time.run();
}
