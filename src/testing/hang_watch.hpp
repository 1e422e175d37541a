#ifndef CURFEW_TESTING_HANG_WATCH_HPP
#define CURFEW_TESTING_HANG_WATCH_HPP

#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <curfew/clock.hpp>
#include <list>
#include <mutex>
#include <thread>

namespace curfew::testing::detail {

/// Ends the program when a handler of a test never returns. One thread for all tests, which is
/// started by the first.
class hang_watch {
  struct watched {
    boost::asio::io_context* context;
    clock::time_point until;
    clock::duration limit;
  };

 public:
  class guard {
   public:
    guard(boost::asio::io_context& context, clock::duration limit);
    guard(guard const&) = delete;
    guard& operator=(guard const&) = delete;
    ~guard();

   private:
    std::list<watched>::iterator self_;
  };

 private:
  static hang_watch& instance();
  hang_watch() = default;
  ~hang_watch();
  void watch();

  std::mutex lock_;
  std::condition_variable changed_;
  std::list<watched> all_;
  std::thread thread_;
  bool over_ = false;
};

}  // namespace curfew::testing::detail

#endif
