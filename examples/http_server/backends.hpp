#ifndef HTTP_SERVER_BACKENDS_HPP
#define HTTP_SERVER_BACKENDS_HPP

#include <chrono>
#include <curfew/clock.hpp>
#include <vector>

#include "counters.hpp"
#include "net.hpp"

namespace http_server {

/// A slow service on a port of its own, as other machines would run it. Each question says how long
/// the asker can wait, and the service stops working for it then: a deadline that travels.
class backends {
 public:
  backends(asio::any_io_executor executor, counters& counters);
  void start();
  void stop() { acceptor_.close(); }
  tcp::endpoint where() const { return where_; }

 private:
  static awaitable<void> serve(tcp::socket socket, counters* counters);

  tcp::acceptor acceptor_;
  tcp::endpoint where_;
  counters& counters_;
};

enum class backend_answer { came, out_of_time, failed };

/// Asks the backends all at once, each for an answer that takes it the given time. What did not
/// come until the deadline is out of time; the others are kept.
awaitable<std::vector<backend_answer>> ask_backends(tcp::endpoint where,
                                                    std::vector<std::chrono::milliseconds> work,
                                                    curfew::clock::time_point deadline);

}  // namespace http_server

#endif
