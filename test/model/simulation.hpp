#ifndef CURFEW_TEST_MODEL_SIMULATION_HPP
#define CURFEW_TEST_MODEL_SIMULATION_HPP

#include <coroutine>
#include <cstdint>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "play.hpp"
#include "program.hpp"

namespace model {

using timer = std::pair<int, int>;  ///< When, and as which of all that were armed.
constexpr int endless = 1'000'000;

/// A region of a coroutine; what it lies in comes after it.
struct scope {
  scope* around = nullptr;
  bool asked = false, expired = false;
  int deadline = endless;  ///< Of a shield, when it lets through what it holds back.
  bool shield = false;
  bool is_task = false;  ///< Around a child as a whole.
  int grace = never;
  timer armed{};
};

/// Rule 9, 16 and 19: some region around asks, and no shield lies between.
bool is_asked(scope const* from);

struct crew;

/// A coroutine that goes on by itself.
struct strand {
  scope own;
  scope* top = &own;
  model::crew* owner = nullptr;    ///< Of which it is a child.
  model::crew* nearest = nullptr;  ///< Where it spawns.
  std::size_t number = 0;
  play body;
  std::coroutine_handle<> waits;
  bool deaf = false;
  std::string how;  ///< Of its wait; then of all of it.
  bool done = false, looked_at = false;
  std::vector<strand*> joiners;
};

/// Waits until somebody wakes it, and says why it was woken. One that is deaf hears no requests.
struct pause {
  strand& self;
  bool deaf;
  bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<> frame) { self.waits = frame, self.deaf = deaf; }
  std::string await_resume() { return std::move(self.how); }
};

/// Coroutines that end together: the children of a group, of gather and of race.
struct crew {
  crew(strand& self, kind all) : at(&self), rule(all) { around.around = self.top; }

  scope around;
  strand* at;
  kind rule;
  int left = 0;
  std::vector<strand*> failed;
  std::vector<std::string> ends;
  bool stopped = false;  ///< One of them, by what encloses it.
  bool direct = false;   ///< All are operations, in no coroutine.
  int winner = -1;
};

/// Time, requests, and who goes on next.
class simulation {
 public:
  explicit simulation(std::uint64_t order) : order_(order), random_(order) {}
  simulation(simulation const&) = delete;

 protected:
  /// Somebody goes on, or hears of a deadline.
  struct step {
    strand* who = nullptr;
    scope* late = nullptr;
    bool operator==(step const&) const = default;
  };

  /// Runs all, and brings the requests from outside.
  void go_on(program const& given);

  /// Earlier deadlines come first, equal ones in the order in which they were armed (38).
  timer arm(int limit, step what);
  int instant_of(int limit) const;
  void open(strand& self, scope& own, int limit);
  void close(strand& self, scope& own);

  /// Where it waits, a coroutine sees what has passed by itself (14); what passed outside of a
  /// shield or of a task that it is in, perhaps.
  bool is_asked_or_late(scope* from, int until, bool in_all);
  /// What the contract leaves open goes one way in the first order, either way in others.
  bool perhaps(bool first) { return order_ == 0 ? first : random_() % 2 == 0; }
  /// Lets others go on within the instant, or not.
  play hop(strand& self, std::string how);

  void ask(int target);
  /// Wakes whoever now hears a request, and lets the time of shields run.
  void tell();
  void wake(strand& one, std::string how, bool at_once = false);

  int now_ = 0;
  std::map<timer, step> timers_;
  std::deque<strand> strands_;
  std::map<int, std::vector<scope*>> asked_by_name_;
  bool token_asked_[tokens + 1] = {};

 private:
  void fire();
  void drain();

  std::uint64_t order_;
  std::mt19937_64 random_;
  int armed_ = 0;
  std::vector<step> ready_;
  std::vector<scope*> graces_;
};

}  // namespace model

#endif
