#include "program.hpp"

#include <algorithm>
#include <ostream>
#include <random>

namespace model {

namespace {

constexpr int max_nodes = 40;
constexpr int max_depth = 8;
constexpr int first_id = tokens + 1;

bool is_concurrent(kind which) { return which == kind::join || which >= kind::fail_fast; }

int part_count(kind which) {
  if (which < kind::sequence) return 0;
  return which == kind::finally || which == kind::brief_finally ? 2 : 1;
}

constexpr kind leaves[] = {kind::sleep, kind::sleep, kind::sleep,   kind::checkpoint,
                           kind::fail,  kind::sleep, kind::request, kind::sleep,
                           kind::join,  kind::abort, kind::sleep,   kind::request};
constexpr kind any[] = {
    kind::sleep,       kind::sequence,      kind::sleep,   kind::sequence,   kind::spawn,
    kind::swallow,     kind::timeout,       kind::timeout, kind::swallow,    kind::move_on_after,
    kind::wait_for,    kind::shield,        kind::grace,   kind::finally,    kind::finally,
    kind::cancel_when, kind::brief_finally, kind::spawn,   kind::fail_fast,  kind::fail_fast,
    kind::gather,      kind::race,          kind::request, kind::keep_going, kind::join,
    kind::fail,        kind::checkpoint,    kind::spawn,   kind::swallow,    kind::cancel_when,
    kind::request,     kind::shield};

/// Whoever asks too often is answered with zero, which makes the smallest programs.
class maker {
 public:
  maker(std::span<std::uint8_t const> bytes, vocabulary words) : bytes_(bytes), words_(words) {}

  program make() {
    program made;
    made.as_task = next(2) == 1;
    made.body = make_node(kind::sequence, 1);
    for (int left = next(4); left > 0; --left) made.outside.push_back({next(9) - 1, next(256)});
    std::ranges::sort(made.outside, {}, &request::at);
    name_targets(made.body);
    for (auto& each : made.outside) each.target = ask_for_[to_index(each.target, ask_for_.size())];
    return made;
  }

 private:
  int next(std::size_t below) {
    if (bytes_.empty()) return 0;
    int const taken = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return taken % static_cast<int>(below);
  }
  static std::size_t to_index(int number, std::size_t size) {
    return static_cast<std::size_t>(number) % size;
  }

  node make_node(kind which, int depth) {
    node made;
    made.kind = which;
    made.id = next_id_++;
    made.time = next(never + 2) - 1;
    made.target = next(256);
    made.direct = next(2) == 1;
    if (which == kind::sleep) made.time = std::clamp(made.time, 0, never - 1);
    if (which == kind::cancel_when) made.target = 1 + made.target % tokens;
    if (is_target(which)) ask_for_.push_back(made.id);
    if (which == kind::spawn) children_.push_back(made.id);
    int const parts = has_many(which) ? 1 + next(4) : part_count(which);
    for (int i = 0; i < parts; ++i) made.parts.push_back(make_node(pick(depth + 1), depth + 1));
    if (which == kind::join) made.target = pick_child(made.target);
    return made;
  }
  static bool is_target(kind which) {
    return which == kind::timeout || which == kind::move_on_after || which == kind::fail_fast ||
           which == kind::keep_going || which == kind::spawn;
  }
  /// One that was spawned before in the text, so that no two wait for each other.
  int pick_child(int number) const {
    return children_.empty() ? root : children_[to_index(number, children_.size())];
  }

  kind pick(int depth) {
    // What is open already still takes some nodes, with which 40 are not passed.
    bool const leaf = depth >= max_depth || next_id_ - first_id + 3 * depth >= max_nodes;
    auto const which = leaf ? leaves[next(std::size(leaves))] : any[next(std::size(any))];
    if (words_ == vocabulary::concurrent || !is_concurrent(which)) return which;
    return leaf ? kind::sleep : kind::sequence;
  }

  void name_targets(node& in) {
    if (in.kind == kind::request) in.target = ask_for_[to_index(in.target, ask_for_.size())];
    for (auto& part : in.parts) name_targets(part);
  }

  std::span<std::uint8_t const> bytes_;
  vocabulary words_;
  int next_id_ = first_id;
  std::vector<int> ask_for_ = {root, 1, 2, 3};
  std::vector<int> children_;
};

void print(std::ostream& out, node const& shown, int depth) {
  out << std::string(static_cast<std::size_t>(2 * depth), ' ') << name_of(shown.kind) << '#'
      << shown.id;
  bool const timed = shown.kind == kind::sleep || shown.kind == kind::grace ||
                     shown.kind == kind::brief_finally ||
                     (shown.kind >= kind::timeout && shown.kind <= kind::wait_for);
  if (timed && shown.time >= never)
    out << " never";
  else if (timed)
    out << ' ' << shown.time << "ms";
  if (shown.kind == kind::request || shown.kind == kind::join) out << " of #" << shown.target;
  if (shown.kind == kind::cancel_when) out << " token #" << shown.target;
  if (shown.kind == kind::sleep && shown.direct) out << " (direct)";
  out << '\n';
  for (auto const& part : shown.parts) print(out, part, depth + 1);
}

}  // namespace

char const* name_of(kind which) {
  static char const* const names[] = {
      "sleep",         "checkpoint",  "fail",      "abort",      "request", "join",   "sequence",
      "swallow",       "timeout",     "move_on",   "wait_for",   "shield",  "grace",  "finally",
      "brief_finally", "cancel_when", "fail_fast", "keep_going", "spawn",   "gather", "race"};
  return names[static_cast<int>(which)];
}

bool has_many(kind which) {
  return which == kind::sequence || which == kind::gather || which == kind::race;
}

program make_program(std::span<std::uint8_t const> bytes, vocabulary words) {
  return maker(bytes, words).make();
}

program make_program(std::uint64_t seed, vocabulary words) {
  std::mt19937_64 random(seed);
  std::vector<std::uint8_t> bytes(16 + random() % 184);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return make_program(bytes, words);
}

std::size_t size_of(node const& in) {
  std::size_t size = 1;
  for (auto const& part : in.parts) size += size_of(part);
  return size;
}

std::ostream& operator<<(std::ostream& out, program const& shown) {
  out << (shown.as_task ? "in a task" : "in a plain coroutine") << '\n';
  print(out, shown.body, 1);
  for (auto const& each : shown.outside)
    out << "  outside, at " << each.at << "ms: request of #" << each.target << '\n';
  return out;
}

std::ostream& operator<<(std::ostream& out, history const& shown) {
  for (auto const& [id, end] : shown)
    out << "  #" << id << " at " << end.at << "ms: " << end.how << '\n';
  return out;
}

}  // namespace model
