// expect: curfew: this task's value cannot be copied for each who joins it: move it out with std::move(task).join()
#include <boost/asio.hpp>
#include <curfew/task.hpp>
#include <memory>

auto use(curfew::task<std::unique_ptr<int>> const& t) { return t.join(); }
