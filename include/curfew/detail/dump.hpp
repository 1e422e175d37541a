#ifndef CURFEW_DETAIL_DUMP_HPP
#define CURFEW_DETAIL_DUMP_HPP

#include <curfew/detail/task_snapshot.hpp>
#include <curfew/export.hpp>
#include <string>

namespace curfew::detail {

/// The formats of `dump_tasks`.
std::string dump_tree(task_snapshot const& seen);
std::string dump_json(task_snapshot const& seen);
std::string dump_dot(task_snapshot const& seen);

}  // namespace curfew::detail

#endif
