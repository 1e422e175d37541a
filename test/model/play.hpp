#ifndef CURFEW_TEST_MODEL_PLAY_HPP
#define CURFEW_TEST_MODEL_PLAY_HPP

#include <coroutine>
#include <exception>
#include <string>
#include <utility>

namespace model {

/// The simplest coroutine: begins when it is awaited or resumed, and says how it ended.
class play {
 public:
  struct promise_type {
    std::string how;
    std::coroutine_handle<> next = std::noop_coroutine();

    play get_return_object() { return play(handle::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
      struct go_on {
        bool await_ready() noexcept { return false; }
        std::coroutine_handle<> await_suspend(handle ended) noexcept {
          return ended.promise().next;
        }
        void await_resume() noexcept {}
      };
      return go_on();
    }
    void return_value(std::string end) { how = std::move(end); }
    void unhandled_exception() { std::terminate(); }
  };
  using handle = std::coroutine_handle<promise_type>;

  play() = default;
  explicit play(handle frame) : frame_(frame) {}
  play(play&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  play& operator=(play&& other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }
  ~play() {
    if (frame_) frame_.destroy();
  }

  void resume() { frame_.resume(); }
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) {
    frame_.promise().next = caller;
    return frame_;
  }
  std::string await_resume() { return std::move(frame_.promise().how); }

 private:
  handle frame_ = nullptr;
};

}  // namespace model

#endif
