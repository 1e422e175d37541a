// expect: curfew: the body of a group is called as f(task_group&, args...)
#include <boost/asio.hpp>
#include <curfew/with_task_group.hpp>
#include <string>

boost::asio::awaitable<void> body(curfew::task_group& group, std::string name);

auto use() { return curfew::with_task_group(body, 42); }
