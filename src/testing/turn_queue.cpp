#include <boost/asio/post.hpp>
#include <curfew/testing/detail/turn_queue.hpp>

namespace curfew::testing::detail {

boost::asio::execution_context::id turn_queue::id;

chooser::~chooser() = default;

turn_queue::turn_queue(boost::asio::execution_context& context) : service(context) {}

turn_queue::~turn_queue() = default;

boost::asio::io_context& turn_queue::owner() noexcept {
  return static_cast<boost::asio::io_context&>(context());
}

void turn_queue::add(std::unique_ptr<turn> next) {
  // What finds no memory is destroyed outside the lock, and may post then.
  std::list<entry> one;
  one.push_back({running_here() ? current_ : 0, std::move(next)});
  auto const place = one.begin();
  {
    std::lock_guard guard(lock_);
    if (shut_down_) return;
    ready_.splice(ready_.end(), one);
  }
  try {
    boost::asio::post(owner(), [this] { run_one(); });
  } catch (...) {
    std::lock_guard guard(lock_);
    one.splice(one.end(), ready_, place);
    throw;
  }
}

std::list<turn_queue::entry>::iterator turn_queue::choose() {
  if (!chooser_ || ready_.size() == 1) return ready_.begin();
  std::vector<std::list<entry>::iterator> may_be_next;
  std::vector<std::uint64_t> parents;
  for (auto each = ready_.begin(); each != ready_.end(); ++each) {
    bool behind = false;
    for (auto const parent : parents) behind = behind || parent == each->parent;
    if (behind) continue;
    if (each->parent != 0) parents.push_back(each->parent);
    may_be_next.push_back(each);
  }
  if (may_be_next.size() == 1) return may_be_next.front();
  return may_be_next[chooser_->choose(may_be_next.size())];
}

/// What is known while a handler runs.
struct turn_queue::running {
  explicit running(turn_queue& q) : queue(q), outer(q.current_), thread(q.running_) {
    queue.current_ = ++queue.last_;
    queue.running_ = std::this_thread::get_id();
  }
  running(running const&) = delete;
  running& operator=(running const&) = delete;
  ~running() {
    queue.current_ = outer;
    queue.running_ = thread;
  }

  turn_queue& queue;
  std::uint64_t outer;
  std::thread::id thread;
};

void turn_queue::run_one() {
  std::unique_ptr<turn> next;
  {
    std::lock_guard guard(lock_);
    auto const chosen = choose();
    next = std::move(chosen->what);
    ready_.erase(chosen);
  }
  running const here(*this);
  next->run();
  next.reset();
}

void turn_queue::shutdown() {
  for (;;) {
    std::list<entry> left;
    {
      std::lock_guard guard(lock_);
      shut_down_ = true;
      left.swap(ready_);
    }
    if (left.empty()) return;
  }
}

}  // namespace curfew::testing::detail
