#ifndef CURFEW_DETAIL_TRACE_HPP
#define CURFEW_DETAIL_TRACE_HPP

#include <cstddef>
#include <cstdint>
#include <curfew/clock.hpp>
#include <curfew/observer.hpp>
#include <curfew/stage.hpp>
#include <iosfwd>
#include <optional>
#include <source_location>
#include <string>
#include <vector>

namespace curfew::detail {

/// A task as a trace shows it.
struct traced_task {
  std::uint64_t id, owner;
  std::string name, group;
  std::source_location where;
  clock::time_point began;
  std::optional<task_ending> how;  ///< Empty while it lives.
  clock::time_point ended{};
  std::string error;
};

/// What happens at an instant.
struct traced_mark {
  enum class kind { request, expiry, refusal, late_delivery, stage };

  kind what;
  std::uint64_t task;  ///< Zero where it is of no task.
  clock::time_point at;
  std::string text;  ///< The reason in words, or the place of the limit.
  clock::time_point deadline{};
  clock::duration length{};  ///< How late, or how long ago it was asked.
  stage from{}, to{};
};

struct trace_content {
  std::vector<traced_task> tasks;
  std::vector<traced_mark> marks;
  std::size_t left_out = 0;
  clock::time_point left_out_from{};
};

/// Writes it in Chrome's trace event format. \throws std::bad_alloc
void write_trace(trace_content const& content, std::ostream& out);

}  // namespace curfew::detail

#endif
