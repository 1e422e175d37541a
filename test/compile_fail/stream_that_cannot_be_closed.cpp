// expect: curfew: close_gracefully takes a stream socket (asio::ip::tcp, asio::local::stream_protocol), beast::tcp_stream, or a stream over one of these that has next_layer()
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

auto use(asio::ip::udp::socket& socket) { return curfew::close_gracefully(socket, 1s); }
