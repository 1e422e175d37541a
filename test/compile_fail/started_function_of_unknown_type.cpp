// expect: curfew: what this function reports is not known from its type: name it, as in group.start<int>(f)
#include <boost/asio.hpp>
#include <curfew/with_task_group.hpp>

auto use(curfew::task_group& group) {
  return group.start([](auto const& started) -> boost::asio::awaitable<void> {
    started(1);
    co_return;
  });
}
