// What try, except and finally are to asyncio: cleanup that awaits, in a coroutine that is
// cancelled.
//
//   async def transfer(db):
//       await db.begin()
//       try:
//           await db.move_money()
//       except asyncio.CancelledError:
//           print("cancelled")
//           raise
//       finally:
//           await asyncio.shield(db.end())   # an await in cleanup

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <iostream>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

struct database {
  awaitable<void> begin() { co_await say_after(1s, "begun"); }
  awaitable<void> move_money() { co_await say_after(1h, "moved"); }
  awaitable<void> end() { co_await say_after(1s, "ended"); }

  static awaitable<void> say_after(curfew::clock::duration time, char const* what) {
    co_await curfew::sleep_for(time);
    std::cout << what << '\n';
  }
};

//! [finally]
awaitable<void> transaction(database& db) {
  co_await db.begin();
  co_await db.move_money();
}

awaitable<void> transfer(database& db) {
  auto const cleanup = [&](curfew::outcome<void> const& how) -> awaitable<void> {
    if (how.cancelled()) std::cout << "cancelled\n";
    co_await db.end();  // an await in cleanup
  };
  co_await curfew::finally(transaction(db), cleanup);
}
//! [finally]

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  curfew::cancellation_source source;
  database db;
  asio::co_spawn(context, curfew::cancel_when(transfer(db), source.token()),
                 [](std::exception_ptr error) {
                   if (curfew::is_cancellation(error)) std::cout << "its caller knows\n";
                 });
  time.advance(2s);
  source.cancel("the customer left");
  time.run();
}
