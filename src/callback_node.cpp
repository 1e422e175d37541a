#include <curfew/detail/callback_node.hpp>
#include <curfew/detail/check.hpp>
#include <exception>
#include <string>

namespace curfew::detail {

void callback_node::start() {
  node_.target = this;
  if (!token_->add(node_)) run();
}

bool callback_node::remove() noexcept {
  if (done_.load(std::memory_order_acquire)) return false;
  if (token_->remove(node_)) return true;
  if (runner_.load(std::memory_order_relaxed) != std::this_thread::get_id())
    done_.wait(false, std::memory_order_acquire);
  return false;
}

void callback_node::requested(std::uint64_t) {
  auto const kept = target_ref<callback_node>::adopt(this);
  run();
}

void callback_node::run() noexcept {
  runner_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  try {
    call(token_->said());
  } catch (std::exception const& e) {
    misused((std::string("a cancellation callback threw \"") + e.what() +
             "\". Nobody is there to catch it: catch it in the callback.")
                .c_str());
  } catch (...) {
    misused(
        "a cancellation callback threw. Nobody is there to catch it: catch it in the callback.");
  }
  done_.store(true, std::memory_order_release);
  done_.notify_all();
}

}  // namespace curfew::detail
