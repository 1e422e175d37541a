#ifndef CURFEW_DETAIL_DUMP_HPP
#define CURFEW_DETAIL_DUMP_HPP

#include <curfew/detail/task_snapshot.hpp>
#include <curfew/export.hpp>
#include <string>
#include <string_view>

namespace curfew::detail {

/// The formats of `dump_tasks`.
std::string dump_tree(task_snapshot const& seen);
std::string dump_json(task_snapshot const& seen);
std::string dump_dot(task_snapshot const& seen);

/// A string of JSON, in quotes.
std::string json_string(std::string_view text);

}  // namespace curfew::detail

#endif
