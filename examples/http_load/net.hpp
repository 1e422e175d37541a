#ifndef HTTP_LOAD_NET_HPP
#define HTTP_LOAD_NET_HPP

#include "../http_common/net.hpp"

namespace http_load {
using namespace http_common;
}

#endif
