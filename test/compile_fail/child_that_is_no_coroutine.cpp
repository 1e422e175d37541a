// expect: curfew: the body of a scope, a group or a task must be a coroutine function: one that returns asio::awaitable<...>
#include <boost/asio.hpp>
#include <curfew/with_task_group.hpp>

auto use(curfew::task_group& group) {
  return group.spawn({"name"}, [](int) {}, 42);
}
