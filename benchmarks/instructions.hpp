// Instructions as callgrind counts them; they repeat exactly where times do not. Outside callgrind,
// and without its header, nothing happens.

#pragma once

#include <cstddef>
#include <string>

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#define BENCH_HAS_CALLGRIND 1
#endif

namespace bench {

#ifdef BENCH_HAS_CALLGRIND

inline bool under_callgrind() { return RUNNING_ON_VALGRIND != 0; }

inline void zero_instructions() { CALLGRIND_ZERO_STATS; }

/// Writes what was counted since the last call, named after a row.
inline void write_instructions(std::string const& name, std::size_t operations) {
  auto const label = name + " " + std::to_string(operations);
  CALLGRIND_DUMP_STATS_AT(label.c_str());
}

#else

inline bool under_callgrind() { return false; }
inline void zero_instructions() {}
inline void write_instructions(std::string const&, std::size_t) {}

#endif

}  // namespace bench
