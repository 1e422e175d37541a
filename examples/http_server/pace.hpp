#ifndef HTTP_SERVER_PACE_HPP
#define HTTP_SERVER_PACE_HPP

#include <algorithm>
#include <chrono>
#include <curfew/timeout_scope.hpp>

#include "limits.hpp"

namespace http_server {

/// A minimum rate, as a deadline that moves: a scope starts with the grace as its limit, each byte
/// buys its share of time, and what is saved up never exceeds the grace. So a byte a second is no
/// progress where a thousand are wanted, and a client that was fast may not rest for long.
class pace {
 public:
  pace(curfew::timeout_scope& scope, rate wanted) : scope_(scope), wanted_(wanted) {}

  void moved(std::size_t bytes) {
    if (wanted_.grace == curfew::clock::duration::max()) return;
    std::chrono::duration<double> const share(static_cast<double>(bytes) /
                                              static_cast<double>(wanted_.bytes_per_second));
    auto const bought = std::chrono::duration_cast<curfew::clock::duration>(
        std::min<std::chrono::duration<double>>(share, wanted_.grace));
    // Both are refused once the scope has expired; then its next wait ends it.
    if (scope_.remaining() + bought >= wanted_.grace)
      (void)scope_.reschedule_after(wanted_.grace);
    else
      (void)scope_.reschedule(scope_.deadline() + bought);
  }

 private:
  curfew::timeout_scope& scope_;
  rate wanted_;
};

}  // namespace http_server

#endif
