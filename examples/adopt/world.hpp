#ifndef CURFEW_EXAMPLES_ADOPT_WORLD_HPP
#define CURFEW_EXAMPLES_ADOPT_WORLD_HPP

#include <boost/asio.hpp>
#include <chrono>
#include <iostream>
#include <regex>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

/// Where the server writes a line for each session that has ended.
inline std::vector<std::string> journal;

/// A client, which tells what it hears.
class client {
 public:
  client(std::string name, boost::asio::ip::tcp::endpoint server)
      : name_(std::move(name)), socket_(context_) {
    socket_.connect(server);
  }
  void say(std::string const& line) {
    boost::asio::write(socket_, boost::asio::buffer(line + '\n'));
  }
  void listen(std::chrono::seconds limit = std::chrono::minutes(1)) {
    std::string line, heard = "nothing";
    boost::asio::async_read_until(socket_, boost::asio::dynamic_buffer(line), '\n',
                                  [&](auto error, std::size_t n) {
                                    heard = error ? "(the server hangs up)" : line.substr(0, n - 1);
                                  });
    context_.restart();
    context_.run_for(limit);
    std::cout << name_ << ": " << heard << '\n';
    socket_.cancel();
    context_.run();
  }

 private:
  std::string name_;
  boost::asio::io_context context_;
  boost::asio::ip::tcp::socket socket_;
};

/// What is around the server: five clients on a thread of their own; and in the end, what the
/// journal has and what was written to `std::cerr`.
class world {
 public:
  void visit(boost::asio::ip::tcp::endpoint server) { clients_ = std::thread(all, server); }
  ~world() {
    clients_.join();
    std::cerr.rdbuf(cerr_);
    for (auto const& entry : journal) std::cout << "journal: " << entry << '\n';
    std::cout << std::regex_replace(errors_.str(), std::regex(" at .*/"), " at ");  // no folders
  }

 private:
  static void all(boost::asio::ip::tcp::endpoint server) {
    {
      client polite("polite", server);
      polite.say("hello");
      polite.listen();
    }
    client odd("odd", server);
    odd.say("nonsense");
    odd.listen();
    client silent("silent", server);
    silent.listen(std::chrono::seconds(2));
    client slow("slow", server);
    slow.say("everything");
    client last("last", server);
    last.say("goodbye");  // while this is answered, the server is stopped
    last.listen();
    slow.listen();
  }

  std::ostringstream errors_;
  std::streambuf* cerr_ = std::cerr.rdbuf(errors_.rdbuf());
  std::thread clients_;
};

#endif
