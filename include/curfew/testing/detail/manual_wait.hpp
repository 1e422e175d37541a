#ifndef CURFEW_TESTING_DETAIL_MANUAL_WAIT_HPP
#define CURFEW_TESTING_DETAIL_MANUAL_WAIT_HPP

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <curfew/detail/limit.hpp>
#include <curfew/error.hpp>
#include <curfew/sleep.hpp>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace curfew::testing::detail {

enum class manual_answer { at_once, late, refuse };

/// What a `manual_operation` and its operation in flight share.
template <class T>
class manual_wait : public std::enable_shared_from_this<manual_wait<T>> {
  using results =
      std::conditional_t<std::is_void_v<T>, std::tuple<error_code>,
                         std::tuple<error_code, std::conditional_t<std::is_void_v<T>, int, T>>>;
  template <class Results>
  struct signature_of;
  template <class... Each>
  struct signature_of<std::tuple<Each...>> {
    using type = void(Each...);
  };

  struct in_flight {
    virtual ~in_flight() = default;
    virtual void post(std::unique_ptr<in_flight> self, results with) = 0;
  };

 public:
  using signature = typename signature_of<results>::type;

  explicit manual_wait(boost::asio::io_context& context) : context_(&context) {}

  bool running() const noexcept { return in_flight_ != nullptr; }
  template <class... Value>
  bool post(error_code error, Value&&... value) {
    if (!in_flight_) return false;
    late_.emit(boost::asio::cancellation_type::terminal);
    auto ending = std::move(in_flight_);
    auto& it = *ending;
    it.post(std::move(ending), results(error, std::forward<Value>(value)...));
    return true;
  }
  bool post_error(error_code error) {
    if constexpr (std::is_void_v<T>)
      return post(error);
    else
      return post(error, T());
  }

  struct initiate {
    std::shared_ptr<manual_wait> self;
    template <class Handler>
    void operator()(Handler handler) const {
      auto next = std::make_unique<waiting<Handler>>(std::move(handler), *self->context_);
      if (self->in_flight_) {
        auto& it = *next;
        return it.post(std::move(next), failed(errc::invalid_state));
      }
      auto slot = boost::asio::get_associated_cancellation_slot(next->handler);
      if (slot.is_connected()) slot.assign(asked{self->weak_from_this()});
      ++self->started;
      self->requests_of_this_ = 0;
      self->in_flight_ = std::move(next);
    }
  };

  manual_answer answer = manual_answer::at_once;
  curfew::detail::limit delay = curfew::detail::limit(never);
  int started = 0;
  std::vector<boost::asio::cancellation_type> requests;

 private:
  template <class Handler>
  struct waiting final : in_flight {
    using executor_type =
        boost::asio::associated_executor_t<Handler, boost::asio::io_context::executor_type>;

    waiting(Handler&& h, boost::asio::io_context& context)
        : handler(std::move(h)),
          work(boost::asio::get_associated_executor(handler, context.get_executor())),
          in_context(context.get_executor()) {}

    void post(std::unique_ptr<in_flight> self, results with) override {
      auto slot = boost::asio::get_associated_cancellation_slot(handler);
      if (slot.is_connected()) slot.clear();
      auto const where = work.get_executor();
      boost::asio::post(where, [self = std::move(self), with = std::move(with)]() mutable {
        auto& it = static_cast<waiting&>(*self);
        auto const h = std::make_unique<Handler>(std::move(it.handler));
        self.reset();
        std::apply(std::move(*h), std::move(with));
      });
    }

    Handler handler;
    boost::asio::executor_work_guard<executor_type> work;
    // An operation of Asio is work of its context as well.
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> in_context;
  };

  struct asked {
    std::weak_ptr<manual_wait> self;
    void operator()(boost::asio::cancellation_type type) const {
      if (auto const it = self.lock()) it->ask(type);
    }
  };

  static results failed(error_code error) {
    if constexpr (std::is_void_v<T>)
      return results(error);
    else
      return results(error, T());
  }

  void ask(boost::asio::cancellation_type type) {
    requests.push_back(type);
    if (answer == manual_answer::at_once) post_error(boost::asio::error::operation_aborted);
    if (answer == manual_answer::late && requests_of_this_++ == 0) end_later();
  }

  void end_later() {
    auto const when = delay.from(curfew::now(context_->get_executor()));
    if (when == (clock::time_point::max)()) return;
    sleep_until(*context_, when)(boost::asio::bind_cancellation_slot(
        late_.slot(), [self = this->weak_from_this(), number = started](error_code interrupted) {
          auto const it = self.lock();
          if (it && !interrupted && it->started == number)
            it->post_error(boost::asio::error::operation_aborted);
        }));
  }

  boost::asio::io_context* context_;
  std::unique_ptr<in_flight> in_flight_;
  boost::asio::cancellation_signal late_;
  int requests_of_this_ = 0;
};

}  // namespace curfew::testing::detail

#endif
