#ifndef HTTP_SERVER_COUNTERS_HPP
#define HTTP_SERVER_COUNTERS_HPP

#include <array>
#include <atomic>
#include <cstdint>

#include "limits.hpp"

namespace http_server {

/// How a request ended.
enum class fate {
  answered,     ///< With its handler's answer, or one that says that the handler took too long.
  refused,      ///< With an answer that says what was wrong with the request or too slow about it.
  cut,          ///< By a limit, when it was too late for an answer.
  client_gone,  ///< The client left first, and its handler, if it was at work, was cancelled.
  stopped,      ///< The server ended.
  failed,       ///< By a fault of the server.
};
inline constexpr std::size_t fates = 6;

/// A number that sessions on all threads raise.
class counter {
 public:
  std::uint64_t operator++() { return value_.fetch_add(1, std::memory_order_relaxed) + 1; }
  void operator--() { value_.fetch_sub(1, std::memory_order_relaxed); }
  operator std::uint64_t() const { return value_.load(std::memory_order_relaxed); }
  void raise_to(std::uint64_t least) {
    auto seen = value_.load(std::memory_order_relaxed);
    while (seen < least && !value_.compare_exchange_weak(seen, least, std::memory_order_relaxed)) {
    }
  }

 private:
  std::atomic<std::uint64_t> value_{0};
};

struct counters {
  std::array<counter, limit_kinds> hits;
  std::array<counter, fates> ended;
  counter begun;
  counter accepted;
  counter accept_errors;
  counter failed_handshakes;
  counter open;
  counter most_open;

  void hit(limit_kind kind) { ++hits[static_cast<std::size_t>(kind)]; }
  std::uint64_t of(limit_kind kind) const { return hits[static_cast<std::size_t>(kind)]; }
  std::uint64_t of(fate how) const { return ended[static_cast<std::size_t>(how)]; }
};

/// Counts a request in, and out when the block that holds it is left.
class request_record {
 public:
  explicit request_record(counters& all) : all_(all) { ++all_.begun; }
  request_record(request_record const&) = delete;
  request_record& operator=(request_record const&) = delete;
  ~request_record() { ++all_.ended[static_cast<std::size_t>(ended_as)]; }

  fate ended_as = fate::stopped;

 private:
  counters& all_;
};

/// The same for a connection, unless it is one too many.
class connection_record {
 public:
  connection_record(counters& all, std::size_t most) : all_(all) {
    ++all_.accepted;
    auto const open = ++all_.open;
    admitted_ = open <= most;
    if (admitted_)
      all_.most_open.raise_to(open);
    else
      --all_.open;
  }
  connection_record(connection_record const&) = delete;
  connection_record& operator=(connection_record const&) = delete;
  ~connection_record() {
    if (admitted_) --all_.open;
  }

  bool admitted() const { return admitted_; }

 private:
  counters& all_;
  bool admitted_;
};

}  // namespace http_server

#endif
