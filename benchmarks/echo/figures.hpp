// What a server served while all connections were there.

#pragma once

#include "../support.hpp"

#include <cstdio>

namespace bench {

class figures {
 public:
  explicit figures(std::size_t connections) : connections_(connections) {}

  /// All connections are there; some messages may have come already, and they count.
  void begin() { started_ = times::now(); }
  void served() { ++messages_; }
  void left() {
    if (left_++ > 0) return;
    ended_ = times::now();
    counted_ = messages_;
  }

  /// As JSON; nothing when no connection came to its end.
  void print() const {
    if (left_ != connections_) return;
    auto const elapsed = ended_ - started_;
    auto const messages = static_cast<double>(counted_);
    std::printf("{\"messages\": %.0f, \"ns_per_op\": %.1f, \"messages_per_second\": %.0f}\n",
                messages, elapsed.cpu * 1e9 / messages, messages / elapsed.wall);
  }

 private:
  std::size_t connections_;
  std::size_t messages_ = 0;
  std::size_t left_ = 0;
  std::size_t counted_ = 0;
  times started_;
  times ended_;
};

}  // namespace bench
