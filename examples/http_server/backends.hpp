#ifndef HTTP_SERVER_BACKENDS_HPP
#define HTTP_SERVER_BACKENDS_HPP

#include <chrono>
#include <curfew/clock.hpp>
#include <vector>

#include "net.hpp"

namespace http_server {

enum class backend_answer { came, out_of_time, failed };

/// Asks the backends by HTTP, all at once, each for an answer that takes it the given time, and
/// says how long it will wait. What has not come by then is out of time; the others are kept.
awaitable<std::vector<backend_answer>> ask_backends(tcp::endpoint where,
                                                    std::vector<std::chrono::milliseconds> work,
                                                    curfew::clock::duration limit);

}  // namespace http_server

#endif
