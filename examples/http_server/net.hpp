#ifndef HTTP_SERVER_NET_HPP
#define HTTP_SERVER_NET_HPP

#include "../http_common/net.hpp"

namespace http_server {
using namespace http_common;
}

#endif
