#ifndef CURFEW_TEST_MODEL_PROGRAM_HPP
#define CURFEW_TEST_MODEL_PROGRAM_HPP

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace model {

/// What a node does. The comment says what its parts are, and what else it looks at.
enum class kind {
  sleep,          ///< time
  checkpoint,     ///< nothing
  fail,           ///< with an error of its own
  abort,          ///< with an `operation_aborted` that nobody asked for
  request,        ///< target: asks it to stop
  join,           ///< target, a child: waits for it and goes on, whatever it ended with
  sequence,       ///< any number, one after the other
  swallow,        ///< one, whose end is looked at, and goes on
  timeout,        ///< one, time
  move_on_after,  ///< one, time
  wait_for,       ///< one, time
  shield,         ///< one
  grace,          ///< one, time: a shield that holds a request back for that long
  finally,        ///< the body and the cleanup
  brief_finally,  ///< the same, time: the limit of the cleanup
  cancel_when,    ///< one, target: a token
  fail_fast,      ///< one: the body of a group
  keep_going,     ///< one: the same, where a child's failure cancels nobody
  spawn,          ///< one: a child of the nearest group
  gather,         ///< some
  race,           ///< some
};
inline constexpr int kinds = static_cast<int>(kind::race) + 1;
char const* name_of(kind which);
bool has_many(kind which);

inline constexpr int never = 7;   ///< As a limit.
inline constexpr int tokens = 3;  ///< Their names are 1, 2 and 3; 3 is cancelled with 2.
inline constexpr int root = 0;    ///< The name of the whole program.

/// A node of a program. Its name `id` stays when others are removed.
struct node {
  model::kind kind = model::kind::checkpoint;
  int id = 0;
  int time = 0;         ///< Milliseconds.
  int target = 0;       ///< The name of a node, a token or the root.
  bool direct = false;  ///< A sleep that is awaited as the operation it is, in no coroutine.
  std::vector<node> parts;
};

/// A request from outside. It comes after all else of its instant; at -1, before the start.
struct request {
  int at = 0;
  int target = 0;
};

struct program {
  bool as_task = false;  ///< Else in a coroutine that plain Asio starts.
  node body;
  std::vector<request> outside;
};

/// How a node ended and when; by the names of the nodes that began. The root's is that of all.
struct ended {
  int at = 0;
  std::string how;
  bool operator==(ended const&) const = default;
};
using history = std::map<int, ended>;

/// What a program is made of. Concurrent ones spawn, gather and race.
enum class vocabulary { sequential, concurrent };

/// Any bytes make a program of at most 40 nodes, eight deep.
program make_program(std::span<std::uint8_t const> bytes, vocabulary words);
program make_program(std::uint64_t seed, vocabulary words);
std::size_t size_of(node const& in);

std::ostream& operator<<(std::ostream& out, program const& shown);
std::ostream& operator<<(std::ostream& out, history const& shown);

}  // namespace model

#endif
