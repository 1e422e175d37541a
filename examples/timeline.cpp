// A picture of what happened, over time: open the output in https://ui.perfetto.dev or
// chrome://tracing.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <iostream>
#include <string>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

awaitable<void> ask(curfew::clock::duration answer_after) {
  co_await curfew::wait_for(curfew::sleep_for(answer_after), 100ms);
}

awaitable<void> ask_three(curfew::task_group& group) {
  group.spawn({"quick"}, ask, 20ms);
  group.spawn({"slow"}, ask, 90ms);
  co_await curfew::sleep_for(30ms);
  group.spawn({"silent"}, ask, 1h);
}

awaitable<void> ask_all() {
  auto const options = curfew::group_options(curfew::on_failure::keep_going).name("backends");
  (void)co_await curfew::settle(curfew::with_task_group(options, ask_three));
}

//! [timeline]
void draw(asio::io_context& context, curfew::testing::virtual_time& time) {
  auto const line = std::make_shared<curfew::timeline>(context);
  curfew::set_observer(context, line);
  curfew::spawn(context, {"main"}, ask_all);
  time.run();              // context.run(), where time is real
  line->write(std::cout);  // or an std::ofstream("trace.json")
}
//! [timeline]

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  draw(context, time);
}
