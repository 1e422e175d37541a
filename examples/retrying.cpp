// Trying again: how often, after which pauses, and what is not worth it.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <iostream>
#include <stdexcept>
#include <string>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

struct not_found : std::runtime_error {
  using runtime_error::runtime_error;
};

//! [policy]
bool is_passing(std::exception_ptr const& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (not_found const&) {
    return false;  // asking again will not help
  } catch (...) {
    return true;
  }
}

curfew::retry_policy patient() {
  return curfew::retry_policy(5).first_delay(1s).max_delay(5s).jitter(0).retry_if(is_passing);
}

void pauses() {
  auto const policy = patient();
  curfew::retry_policy::delays delays(policy);
  std::cout << "pauses:";
  for (int i = 0; i < 4; ++i) std::cout << ' ' << delays.next() / 1s << " s";
  std::cout << '\n';
}
//! [policy]

//! [retry]
awaitable<std::string> fetch(std::string page, int& failures) {
  if (page == "/lost") throw not_found("no such page");
  if (failures-- > 0) throw std::runtime_error("busy");
  co_return "the text of " + page;
}

awaitable<void> fetching() {
  auto const executor = co_await asio::this_coro::executor;
  auto const began = curfew::now(executor);
  int failures = 3;
  auto const text = co_await curfew::retry(patient(), fetch, "/home", std::ref(failures));
  std::cout << text << ", after " << (curfew::now(executor) - began) / 1s << " s\n";
  try {
    co_await curfew::retry(patient(), fetch, "/lost", std::ref(failures));
  } catch (not_found const& e) {
    std::cout << e.what() << ", asked once\n";
  }

  failures = 3;
  try {  // gives up after two attempts: the pause of two seconds would be longer than what is left
    co_await curfew::timeout(2s, curfew::retry, patient(), fetch, "/home", std::ref(failures));
  } catch (std::exception const& e) {
    std::cout << e.what() << ", after " << 3 - failures << " attempts\n";
  }
}
//! [retry]

int main() {
  pauses();
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  auto const ended = curfew::spawn(context, {"fetching"}, fetching);
  time.run();
  ended.result().value();
}
