// expect: curfew: this function takes a time point; for a duration there is one that ends in _for or _after
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<int> answer();

auto use() { return curfew::timeout_at(5s, answer); }
