#ifndef HTTP_SERVER_STATISTICS_HPP
#define HTTP_SERVER_STATISTICS_HPP

#include <string>

#include "counters.hpp"
#include "options.hpp"

namespace http_server {

/// Everything as JSON, with the limits that are in force.
std::string statistics(options const& chosen, std::uint16_t tls_port, counters const& server,
                       counters const& backends);

}  // namespace http_server

#endif
