#ifndef CURFEW_TESTING_DETAIL_TURN_QUEUE_HPP
#define CURFEW_TESTING_DETAIL_TURN_QUEUE_HPP

#include <atomic>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <curfew/export.hpp>
#include <list>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace curfew::testing::detail {

/// Says which of several handlers that are ready is the next.
class CURFEW_TESTING_EXPORT chooser {
 public:
  virtual ~chooser();
  /// \returns Less than `count`, which is two at least.
  virtual std::size_t choose(std::size_t count) = 0;
};

/// The handlers of a test that are ready. Which one runs is chosen among those that may be next:
/// what one handler has posted stays in its order, as on a strand; what different ones have posted,
/// or what came from outside, has none.
class CURFEW_TESTING_EXPORT turn_queue : public boost::asio::execution_context::service {
 public:
  struct turn {
    turn() = default;
    turn(turn const&) = delete;
    turn& operator=(turn const&) = delete;
    virtual ~turn() = default;
    virtual void run() = 0;
  };

  static boost::asio::execution_context::id id;
  explicit turn_queue(boost::asio::execution_context& context);
  ~turn_queue() override;

  /// Null: each in the order in which it was posted.
  void set_chooser(chooser* to) noexcept { chooser_ = to; }
  /// The context runs one for each that was added. From any thread.
  void add(std::unique_ptr<turn> next);
  bool running_here() const noexcept { return running_ == std::this_thread::get_id(); }

  boost::asio::io_context& owner() noexcept;

 private:
  struct entry {
    std::uint64_t parent;
    std::unique_ptr<turn> what;
  };
  struct running;

  void shutdown() override;
  void run_one();
  std::list<entry>::iterator choose();

  std::mutex lock_;
  std::list<entry> ready_;
  std::uint64_t last_ = 0, current_ = 0;
  std::atomic<std::thread::id> running_{};
  chooser* chooser_ = nullptr;
  bool shut_down_ = false;
};

}  // namespace curfew::testing::detail

#endif
