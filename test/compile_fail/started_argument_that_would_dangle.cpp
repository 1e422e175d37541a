// expect: an argument would be converted for a parameter that is a reference
#include <boost/asio.hpp>
#include <curfew/with_task_group.hpp>
#include <string>

boost::asio::awaitable<void> serve(curfew::task_started<int> const& started,
                                   std::string const& host);

auto use(curfew::task_group& group) { return group.start(serve, "localhost"); }
