// expect: curfew: an awaitable can be awaited only once, so hand it over: std::move(op)
#include <boost/asio.hpp>
#include <curfew/with_task_group.hpp>

auto use(curfew::task_group& group, boost::asio::awaitable<int>& op) {
  return group.spawn({"name"}, op);
}
