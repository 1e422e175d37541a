#ifndef CURFEW_TEST_APPLICATION_CONNECTIONS_HPP
#define CURFEW_TEST_APPLICATION_CONNECTIONS_HPP

#include "../support.hpp"

#include <curfew/close_gracefully.hpp>
#include <functional>
#include <list>
#include <string>

// Real sockets and real time: limits are short, and what must not last takes an hour otherwise.

using tcp = asio::ip::tcp;

/// The two ends of a connection over the loopback.
struct ends_of_a_connection {
  explicit ends_of_a_connection(asio::io_context& context) : ours(context), theirs(context) {
    tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    theirs.connect(acceptor.local_endpoint());
    acceptor.accept(ours);
  }
  tcp::socket ours, theirs;
};

/// A context in real time. What runs in it must end, or the watchdog ends the test.
class real_fixture {
 public:
  real_fixture() : stacks_before_(curfew::detail::count_stacks()) {}
  ~real_fixture() { BOOST_TEST(curfew::detail::count_stacks() == stacks_before_); }

  /// Runs a coroutine to its end, as a task or as plain Asio starts it, with whatever else was
  /// started. Its end must be `expected`.
  template <class F>
  void run(F f, end expected = end::value, bool is_a_task = true) {
    start(std::move(f), is_a_task);
    finish(expected);
  }
  template <class F>
  void start(F f, bool is_a_task = true) {
    ended.reset();
    auto const& kept = kept_.emplace_back(std::move(f));
    if (is_a_task)
      task = curfew::spawn(context, watched(kept()));
    else
      asio::co_spawn(context, watched(kept()),
                     asio::bind_cancellation_slot(signal.slot(), asio::detached));
  }
  void finish(end expected = end::value) {
    context.restart();
    began = curfew::clock::now();
    context.run_for(30s);
    BOOST_REQUIRE(ended.has_value());
    BOOST_TEST(*ended == expected);
  }
  /// Starts something beside it.
  template <class F>
  void beside(F f) {
    curfew::spawn(context, kept_.emplace_back(std::move(f))());
  }
  /// Asks what was started to stop, after a while.
  void ask_after(curfew::clock::duration limit) {
    beside([this, limit]() -> awaitable<> {
      co_await curfew::sleep_for(limit);
      if (task.valid())
        task.cancel({"asked"});
      else
        signal.emit(asio::cancellation_type::terminal);
    });
  }

  asio::io_context context{1};
  asio::cancellation_signal signal;
  curfew::task<void> task;
  std::optional<end> ended;
  /// How long it took.
  curfew::clock::duration took{};
  curfew::clock::time_point began;

 private:
  awaitable<> watched(awaitable<> op) {
    auto const how = co_await curfew::settle(std::move(op));
    ended = end_of(how.error());
    took = curfew::clock::now() - began;
  }

  std::list<std::function<awaitable<>()>> kept_;
  std::size_t stacks_before_;
};

/// It ended by its limit of 50 ms, and not much later.
inline void check_limit(real_fixture const& f) {
  BOOST_TEST((f.took >= 50ms));
  BOOST_TEST((f.took < 5s));
}
/// It did not wait for any limit.
inline void check_prompt(real_fixture const& f) { BOOST_TEST((f.took < 5s)); }

/// What a stream gives until its end, and how that came.
struct heard {
  std::string text;
  error_code error;
};
template <class Stream>
awaitable<> listen(Stream& stream, heard& out) {
  std::array<char, 4096> buffer;
  while (!out.error) {
    auto const read =
        co_await stream.async_read_some(asio::buffer(buffer), asio::as_tuple(asio::use_awaitable));
    out.error = std::get<0>(read);
    out.text.append(buffer.data(), std::get<1>(read));
  }
}
template <class Stream>
awaitable<> say(Stream& stream, std::string words) {
  co_await asio::async_write(stream, asio::buffer(words), asio::use_awaitable);
}

#endif
