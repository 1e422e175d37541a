#ifndef CURFEW_TEST_OPERATIONS_MANUAL_OP_HPP
#define CURFEW_TEST_OPERATIONS_MANUAL_OP_HPP

#include <boost/asio.hpp>
#include <functional>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

/// An operation of signature `void(Args...)` that does what the test says: it ends when the test
/// ends it, and answers a request to stop as `on_cancel` does. One at a time.
template <class... Args>
class manual_op {
  struct waiting {
    virtual ~waiting() = default;
    virtual void finish(Args... results) = 0;
    virtual void post(std::unique_ptr<waiting> self, Args... results) = 0;
  };

 public:
  manual_op() = default;
  manual_op(manual_op const&) = delete;
  manual_op& operator=(manual_op const&) = delete;

  /// The operation, not started. What it is given lives in it, until it has ended.
  template <class... Kept>
  auto operator()(Kept... kept) {
    return boost::asio::async_initiate<boost::asio::deferred_t const, void(Args...)>(
        initiate{this}, boost::asio::deferred, std::move(kept)...);
  }

  /// Ends it, in the middle of this call. False when it is not running.
  bool complete(Args... results) {
    auto const ending = std::move(waiting_);
    if (ending) ending->finish(std::move(results)...);
    return ending != nullptr;
  }
  /// Ends it through its executor's queue.
  bool post(Args... results) {
    auto ending = std::move(waiting_);
    if (!ending) return false;
    auto& it = *ending;
    it.post(std::move(ending), std::move(results)...);
    return true;
  }

  bool running() const { return waiting_ != nullptr; }

  int started = 0;
  /// The requests that reached it.
  std::vector<boost::asio::cancellation_type> requests;
  /// What else happens on a request, and when it starts.
  std::function<void()> on_cancel, on_start;

 private:
  template <class Handler, class... Kept>
  struct waiting_on final : waiting {
    using executor_type = boost::asio::associated_executor_t<Handler>;

    waiting_on(Handler&& h, Kept... k)
        : handler(std::move(h)),
          work(boost::asio::make_work_guard(boost::asio::get_associated_executor(handler))),
          kept(std::move(k)...) {}

    void finish(Args... results) override {
      auto slot = boost::asio::get_associated_cancellation_slot(handler);
      if (slot.is_connected()) slot.clear();
      {
        [[maybe_unused]] auto const ends_here = std::move(kept);
      }
      work.reset();
      std::move(handler)(std::move(results)...);
    }
    void post(std::unique_ptr<waiting> self, Args... results) override {
      auto const where = work.get_executor();
      boost::asio::post(
          where, [self = std::move(self), all = std::make_tuple(std::move(results)...)]() mutable {
            std::apply([&](auto&... each) { self->finish(std::move(each)...); }, all);
          });
    }

    Handler handler;
    boost::asio::executor_work_guard<executor_type> work;
    std::tuple<Kept...> kept;
  };

  struct initiate {
    manual_op* op;
    template <class Handler, class... Kept>
    void operator()(Handler handler, Kept... kept) const {
      auto slot = boost::asio::get_associated_cancellation_slot(handler);
      if (slot.is_connected()) {
        slot.assign([self = op](boost::asio::cancellation_type type) {
          self->requests.push_back(type);
          if (self->on_cancel) self->on_cancel();
        });
      }
      ++op->started;
      op->waiting_ =
          std::make_unique<waiting_on<Handler, Kept...>>(std::move(handler), std::move(kept)...);
      if (op->on_start) op->on_start();
    }
  };

  std::unique_ptr<waiting> waiting_;
};

/// A result that can only be moved, and one that has no default value.
using move_only = std::unique_ptr<int>;
struct no_default {
  explicit no_default(int v) : value(v) {}
  int value;
};

/// Counts how often what it stands for was destroyed, however often it was moved.
class witness {
 public:
  explicit witness(int& destroyed) : destroyed_(&destroyed) {}
  witness(witness&& other) noexcept : destroyed_(std::exchange(other.destroyed_, nullptr)) {}
  witness& operator=(witness&&) = delete;
  ~witness() {
    if (destroyed_) ++*destroyed_;
  }

 private:
  int* destroyed_;
};

#endif
