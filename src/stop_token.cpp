#include <curfew/stop_token.hpp>

#ifdef __cpp_lib_jthread
#include <curfew/detail/token_state.hpp>
#include <memory>
#include <utility>

namespace curfew {
namespace {

using detail::token_ref;
using detail::token_state;

class cancels_with_stop : public detail::token_tie {
 public:
  // May call back at once.
  cancels_with_stop(std::stop_token stop, token_state& state)
      : callback_(std::move(stop), on_stop{&state}) {}

 private:
  struct on_stop {
    token_state* state;
    // The end of the state waits for this call where it runs on another thread, and listens to
    // nobody by then.
    void operator()() const {
      if (!state->try_add_ref()) return;
      auto const kept = token_ref::adopt(state);
      state->cancel({cancellation_cause::token, "std::stop_token", {}});
    }
  };

  std::stop_callback<on_stop> callback_;
};

class requests_stop : public detail::token_tie {
 public:
  void pass_on() noexcept override { source.request_stop(); }
  std::stop_source source;
};

}  // namespace

cancellation_token from_stop_token_fn::operator()(std::stop_token stop) const {
  // Without sources it is cancelled already, or never.
  if (!stop.stop_possible()) return {};
  auto made = token_state::make();
  made->set_incoming(std::make_unique<cancels_with_stop>(std::move(stop), *made));
  return detail::token_access::token_of(std::move(made));
}

std::stop_token to_stop_token_fn::operator()(cancellation_token const& token) const {
  auto const state = detail::token_access::state_of(token);  // kept: a callback may end the token
  if (!state) return {};
  auto* tie = state->outgoing();
  if (!tie) tie = &state->set_outgoing(std::make_unique<requests_stop>());
  if (state->cancelled()) tie->pass_on();
  return static_cast<requests_stop*>(tie)->source.get_token();
}

}  // namespace curfew
#endif
