// expect: on an asio::thread_pool a task is given a strand
#include <boost/asio.hpp>
#include <curfew/spawn.hpp>

using awaitable = boost::asio::awaitable<void, boost::asio::thread_pool::executor_type>;

auto use(boost::asio::thread_pool& pool, awaitable op) {
  return curfew::spawn(pool, std::move(op));
}
