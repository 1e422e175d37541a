#include "interpreter.hpp"

#include <algorithm>
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/detail/stack_table.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <optional>

namespace model {

namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
template <class T = std::string>
using awaitable = asio::awaitable<T>;

struct failure {
  int from;
};

std::string text_of(std::exception_ptr const& error) {
  if (!error) return "value";
  if (curfew::is_timeout(error)) return "timed_out";
  if (curfew::is_cancellation(error)) return "aborted";
  try {
    std::rethrow_exception(error);
  } catch (failure const& own) {
    return "error " + std::to_string(own.from);
  } catch (curfew::exception_group const& several) {
    std::string all;
    for (auto const& each : several.exceptions()) all += (all.empty() ? "" : ", ") + text_of(each);
    return "group(" + all + ")";
  } catch (boost::system::system_error const& other) {
    if (other.code() == curfew::errc::task_cancelled) return "task_cancelled";
    if (other.code() == curfew::errc::group_closed) return "group_closed";
    if (other.code() == curfew::errc::deadlock) return "deadlock";
    return other.code().message();
  } catch (...) {
    return "unknown";
  }
}

template <class T>
std::string text_of(curfew::outcome<T> const& end) {
  return text_of(end.error());
}

auto limit_of(node const& n) {
  return n.time >= never ? std::chrono::hours(1'000'000) : milliseconds(n.time);
}

class interpreter {
 public:
  explicit interpreter(program const& given) : given_(given) {
    sources_[3] = curfew::cancellation_source(sources_[2].token());
  }

  observation run() {
    start();
    for (auto const& each : given_.outside) {
      // Boost 1.81's co_spawn cannot be cancelled before the start.
      if (each.at < 0 && each.target == root && !given_.as_task) continue;
      if (each.at < 0) {
        ask(each.target);
        continue;
      }
      time_.advance(milliseconds(each.at) - elapsed());
      asio::post(context_, [this, &each] { ask(each.target); });
      time_.settle();
    }
    time_.run();
    look_at_what_is_left();
    return std::move(seen_);
  }

 private:
  // ---- the whole
  void start() {
    auto body = [this]() -> awaitable<void> {
      // Nor can it be cancelled in a coroutine that has not waited yet.
      if (!given_.as_task) co_await asio::post(asio::deferred);
      co_await run(given_.body, nullptr);
    };
    auto const ended = [this](std::exception_ptr error) { note(root, text_of(error)); };
    if (!given_.as_task) {
      asio::co_spawn(context_, body, asio::bind_cancellation_slot(signal_.slot(), ended));
      return;
    }
    whole_ = curfew::spawn(context_, body);
    whole_->wait(context_)(
        [this, ended](boost::system::error_code) { ended(whole_->result().error()); });
  }
  void look_at_what_is_left() {
    if (!seen_.nodes.contains(root)) seen_.left += "it never ended; ";
    if (time_.pending() != 0) seen_.left += "deadlines pending; ";
    if (locals_ != 0) seen_.left += "locals alive; ";
    if (curfew::detail::count_stacks() != stacks_before_) seen_.left += "coroutines known; ";
  }
  milliseconds elapsed() const {
    return std::chrono::duration_cast<milliseconds>(time_.now() - began_);
  }
  void note(int id, std::string how) {
    auto const at = static_cast<int>(elapsed().count());
    if (!seen_.nodes.emplace(id, model::ended{at, std::move(how)}).second)
      seen_.left += "#" + std::to_string(id) + " ended twice; ";
  }

  void ask(int target) {
    if (target == root && whole_)
      whole_->cancel();
    else if (target == root)
      signal_.emit(asio::cancellation_type::terminal);
    else if (target <= tokens)
      sources_[target].cancel();
    else if (auto scope = scopes_.find(target); scope != scopes_.end())
      scope->second.cancel();
    else if (auto group = groups_.find(target); group != groups_.end())
      group->second.cancel();
    else if (auto task = children_.find(target); task != children_.end())
      task->second.cancel();
  }

  // ---- nodes
  struct local {
    explicit local(int& count) : count_(count) { ++count_; }
    local(local const&) = delete;
    ~local() { --count_; }
    int& count_;
  };

  awaitable<void> run(node const& n, curfew::task_group* group) {
    local const here(locals_);
    std::exception_ptr error;
    std::string how;
    try {
      how = co_await perform(n, group);
    } catch (...) {
      error = std::current_exception();
      how = text_of(error);
    }
    if (!(n.kind == kind::sleep && n.direct)) note(n.id, how);
    if (error) std::rethrow_exception(error);
  }
  awaitable<> perform(node const& n, curfew::task_group* group) {
    switch (n.kind) {
      case kind::sleep: return value_of(curfew::sleep_for(milliseconds(n.time)));
      case kind::checkpoint: return value_of(curfew::checkpoint());
      case kind::fail: return fail(n);
      case kind::abort: return abort();
      case kind::request: return request(n.target);
      case kind::join: return join(n.target);
      case kind::sequence: return sequence(n, group);
      case kind::timeout:
      case kind::move_on_after: return block(n, group);
      case kind::fail_fast:
      case kind::keep_going: return owner(n, group);
      case kind::spawn: return spawn(n, group);
      case kind::gather:
      case kind::race: return beside(n, group);
      default: break;
    }
    auto const& part = n.parts[0];
    if (part.kind == kind::sleep && part.direct)
      return around(n, group, curfew::sleep_for(milliseconds(part.time)));
    return around(n, group, run(part, group));
  }
  template <class Op>
  awaitable<> around(node const& n, curfew::task_group* group, Op op) {
    switch (n.kind) {
      case kind::swallow: return swallow(std::move(op));
      case kind::wait_for: return value_of(curfew::wait_for(std::move(op), limit_of(n)));
      case kind::shield: return value_of(curfew::shield(std::move(op)));
      case kind::grace: return value_of(curfew::shield(std::move(op), curfew::grace(limit_of(n))));
      case kind::cancel_when:
        return value_of(curfew::cancel_when(std::move(op), sources_[n.target].token()));
      default: return finally(n, group, std::move(op));
    }
  }
  template <class Op>
  awaitable<> value_of(Op op) {
    co_await std::move(op);
    co_return "value";
  }
  template <class Op>
  awaitable<> swallow(Op op) {
    auto const end = co_await curfew::settle(std::move(op));
    co_return "value of " + text_of(end);
  }
  template <class Op>
  awaitable<> finally(node const& n, curfew::task_group* group, Op op) {
    auto const cleanup = [this, &n, group]() -> awaitable<void> {
      co_await run(n.parts[1], group);
    };
    if (n.kind == kind::finally)
      co_await curfew::finally(std::move(op), cleanup);
    else
      co_await curfew::finally(std::move(op), cleanup, limit_of(n));
    co_return "value";
  }
  awaitable<> fail(node const& n) {
    throw failure{n.id};
    co_return "";
  }
  awaitable<> abort() {
    throw boost::system::system_error(asio::error::operation_aborted);
    co_return "";
  }
  awaitable<> request(int target) {
    ask(target);
    co_return "value";
  }
  awaitable<> sequence(node const& n, curfew::task_group* group) {
    for (auto const& each : n.parts) {
      if (each.kind == kind::sleep && each.direct)
        co_await curfew::sleep_for(milliseconds(each.time));
      else
        co_await run(each, group);
    }
    co_return "value";
  }
  awaitable<> block(node const& n, curfew::task_group* group) {
    auto const body = [this, &n, group](curfew::timeout_scope& scope) -> awaitable<void> {
      scopes_.emplace(n.id, scope);
      co_await run(n.parts[0], group);
    };
    if (n.kind == kind::timeout) {
      co_await curfew::timeout(limit_of(n), body);
      co_return "value";
    }
    bool const in_time = co_await curfew::move_on_after(limit_of(n), body);
    co_return in_time ? "value" : "nothing";
  }

  // ---- tasks
  awaitable<> owner(node const& n, curfew::task_group*) {
    auto const body = [this, &n](curfew::task_group& group) -> awaitable<void> {
      groups_.emplace(n.id, group);
      co_await run(n.parts[0], &group);
    };
    auto const rule = n.kind == kind::fail_fast ? curfew::on_failure::cancel_siblings
                                                : curfew::on_failure::keep_going;
    co_await curfew::with_task_group(curfew::group_options(rule), body);
    co_return "value";
  }
  awaitable<> spawn(node const& n, curfew::task_group* group) {
    if (group) children_.insert_or_assign(n.id, group->spawn(run(n.parts[0], group)));
    co_return "value";
  }
  awaitable<> join(int target) {
    auto const found = children_.find(target);
    if (found == children_.end()) co_return "value";
    auto const end = co_await curfew::settle(found->second.join());
    co_return "value of " + text_of(end);
  }
  awaitable<> beside(node const& n, curfew::task_group* group) {
    if (std::ranges::all_of(
            n.parts, [](node const& each) { return each.kind == kind::sleep && each.direct; })) {
      std::vector<decltype(curfew::sleep_for(milliseconds(0)))> all;
      for (auto const& each : n.parts) all.push_back(curfew::sleep_for(milliseconds(each.time)));
      return together(n, std::move(all));
    }
    std::vector<awaitable<void>> all;
    for (auto const& each : n.parts) all.push_back(run(each, group));
    return together(n, std::move(all));
  }
  template <class Op>
  awaitable<> together(node const& n, std::vector<Op> all) {
    if (n.kind == kind::gather) {
      co_await curfew::gather(std::move(all));
      co_return "value";
    }
    auto const ends = co_await curfew::race(std::move(all));
    std::string how = "value " + std::to_string(ends.index) + ":";
    for (auto const& each : ends.results) how += " " + text_of(each);
    co_return how;
  }

  program const& given_;
  observation seen_;
  int locals_ = 0;
  std::size_t stacks_before_ = curfew::detail::count_stacks();
  asio::io_context context_{1};
  curfew::testing::virtual_time time_{context_};
  curfew::clock::time_point began_ = time_.now();
  asio::cancellation_signal signal_;
  curfew::cancellation_source sources_[tokens + 1];
  std::optional<curfew::task<void>> whole_;
  std::map<int, curfew::timeout_scope> scopes_;
  std::map<int, curfew::task_group> groups_;
  std::map<int, curfew::task<void>> children_;
};

}  // namespace

observation observe(program const& given) { return interpreter(given).run(); }

}  // namespace model
