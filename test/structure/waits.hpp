#ifndef CURFEW_TEST_STRUCTURE_WAITS_HPP
#define CURFEW_TEST_STRUCTURE_WAITS_HPP

#include <memory>
#include <optional>
#include <tuple>
#include <utility>

#include "../support.hpp"

/// One operation with a callback, which can be cancelled, and what it ended with.
template <class... Results>
struct wait_of {
  template <class Op>
  explicit wait_of(Op&& op) {
    std::forward<Op>(op)(
        asio::bind_cancellation_slot(stop.slot(), [this](error_code e, Results... all) {
          error = e;
          results.emplace(std::move(all)...);
        }));
  }
  wait_of(wait_of const&) = delete;
  wait_of& operator=(wait_of const&) = delete;

  void cancel() { stop.emit(asio::cancellation_type::terminal); }
  bool ended() const { return error.has_value(); }
  end how() const { return error ? end_of(*error) : end::other; }
  auto& value() { return std::get<0>(*results); }

  asio::cancellation_signal stop;
  std::optional<error_code> error;
  std::optional<std::tuple<Results...>> results;
};

/// Movable only, and not to be made from nothing.
struct parcel {
  explicit parcel(int n) : number(std::make_unique<int>(n)) {}
  std::unique_ptr<int> number;
};

/// Counts those that live and were not moved from.
struct counted_item {
  explicit counted_item(int& count) : alive(&count) { ++*alive; }
  counted_item(counted_item&& other) noexcept : alive(std::exchange(other.alive, nullptr)) {}
  counted_item& operator=(counted_item&& other) noexcept {
    std::swap(alive, other.alive);
    return *this;
  }
  ~counted_item() {
    if (alive) --*alive;
  }
  int* alive;
};

#endif
