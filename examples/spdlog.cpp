// What happens in a context, as lines of a logger of spdlog.

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/spdlog.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <memory>
#include <stdexcept>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

awaitable<void> serve_a_client() { co_await curfew::wait_for(curfew::sleep_forever(), 30s); }

awaitable<void> serve_all(curfew::shutdown_control& control) {
  auto const executor = co_await asio::this_coro::executor;
  auto const client = curfew::spawn(executor, {"client"}, serve_a_client);
  (void)co_await curfew::settle(client.join());
  for (int i = 0; i < 5; ++i) curfew::spawn(executor, {"short"}, curfew::sleep_for(executor, 1s));
  control.request({curfew::cancellation_cause::shutdown, "enough for today", {}});
}

//! [spdlog]
int run(asio::io_context& context, std::shared_ptr<spdlog::logger> logger) {
  logger->set_level(spdlog::level::trace);  // debug for failures, requests and limits
  return curfew::run(context, serve_all,
                     curfew::run_options().observer(curfew::make_spdlog_observer(logger)));
}
//! [spdlog]

//! [options]
void keep_short(asio::io_context& context, std::shared_ptr<spdlog::logger> logger) {
  auto const options = curfew::spdlog_options().lines_per_second(2).late_after(1s);
  curfew::set_observer(context, curfew::make_spdlog_observer(logger, options));
}
//! [options]

int main() {
  auto const logger = spdlog::stdout_logger_mt("server");
  logger->set_pattern("%l: %v");
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  int const code = run(context, logger);

  logger->info("once more, in few lines");
  keep_short(context, logger);
  for (int i = 0; i < 5; ++i) curfew::spawn(context, {"short"}, curfew::sleep_for(context, 1s));
  time.run();
  curfew::set_observer(context, nullptr);  // tells what was left out
  return code;
}
