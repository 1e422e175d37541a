#include <curfew/detail/region.hpp>

#include <algorithm>
#include <utility>

namespace curfew::detail {

cancellation_cause region::cause_at(clock::time_point present) const noexcept {
  if (asks()) return cause_;
  if (listens())
    return token_ && token_->cancelled() ? cancellation_cause::token : cancellation_cause::none;
  return kind_ == kind::scope && deadline_ <= present ? cancellation_cause::deadline
                                                      : cancellation_cause::none;
}

cancellation_reason region::reason(cancellation_cause cause) const {
  if (cause == cancellation_cause::token && listens()) {
    auto said = token_->reason();
    if (kind_ == kind::group || said.cause() != cancellation_cause::requested) return said;
    return {cancellation_cause::token, said.text(), said.where()};
  }
  return reason_ ? *reason_ : cancellation_reason(cause, {}, where_);
}

void region_list::remove(region& r) noexcept {
  for (region** link = &top_; *link; link = &(*link)->outer_) {
    if (*link != &r) continue;
    *link = r.outer_;
    if (r.asks()) --asking_;
    listening_ -= r.listens();
    return;
  }
}

region* region_list::find(std::uint64_t id) const noexcept {
  for (region* at = top_; at; at = at->outer_)
    if (at->id_ == id) return at;
  return nullptr;
}

bool region_list::ask(region& r, cancellation_cause cause) noexcept {
  if (r.asks()) return false;
  r.cause_ = cause;
  ++asking_;
  return true;
}

bool region_list::ask(region& r, cancellation_reason reason) {
  if (r.asks()) return false;
  // Whatever it calls itself, it is a request by name and no expiry of this region's deadline.
  auto const named = reason.cause();
  if (named == cancellation_cause::none || named == cancellation_cause::deadline)
    reason = {cancellation_cause::requested, reason.text(), reason.where()};
  r.reason_ = std::make_unique<cancellation_reason>(std::move(reason));
  return ask(r, r.reason_->cause());
}

bool region_list::ask_due(clock::time_point present) noexcept {
  bool any = false;
  for (region* at = top_; at; at = at->outer_) {
    auto const cause = at->cause_at(present);
    if (cause != cancellation_cause::none) any |= ask(*at, cause);
    if (!at->shields_at(present)) any |= set_shield(*at, false);
  }
  return any;
}

bool region_list::set_shield(region& r, bool on) noexcept {
  if (r.shields_ == on) return false;
  r.shields_ = on;
  if (!on && r.kind_ == region::kind::shield) r.deadline_ = clock::time_point::max();
  return true;
}

bool region_list::ask_outside(cancellation_reason reason) {
  if (outside_) return false;
  outside_ = std::make_unique<cancellation_reason>(std::move(reason));
  ++asking_;
  return true;
}

bool region_list::asked(region const* from) const noexcept {
  for (; from; from = from->outer_) {
    if (from->asks()) return true;
    if (from->shields_) return false;
  }
  return outside_ != nullptr;
}

clock::time_point region_list::effective_deadline(region const* from) const noexcept {
  auto earliest = clock::time_point::max();
  for (; from; from = from->outer_) {
    earliest = std::min(earliest, from->deadline_);
    if (from->shields_) return earliest;
  }
  return std::min(earliest, base_deadline_);
}

cancellation_reason region_list::reason(region const* from) const {
  region const* cause = nullptr;
  for (region const* at = from; at; at = at->outer_) {
    if (at->asks()) cause = at;
    if (at->shields_) return cause ? cause->reason() : cancellation_cause::none;
  }
  if (outside_) return *outside_;
  return cause ? cause->reason() : cancellation_cause::none;
}

region const* region_list::asking_at(clock::time_point present, bool& to_the_end) const noexcept {
  region const* found = nullptr;
  to_the_end = false;
  for (region const* at = top_; at; at = at->outer_) {
    if (at->cause_at(present) != cancellation_cause::none) found = at;
    if (at->shields_at(present)) return found;
  }
  to_the_end = true;
  return found;
}

bool region_list::asked_by_name(region const* from, bool& to_the_end) const noexcept {
  to_the_end = false;
  for (; from; from = from->outer_) {
    auto const cause = from->cause_at(clock::time_point::min());
    if (cause != cancellation_cause::none && cause != cancellation_cause::deadline) return true;
    if (from->shields_) return false;
  }
  to_the_end = true;
  return false;
}

bool region_list::asked_anywhere(clock::time_point present) const noexcept {
  for (region const* at = top_; at; at = at->outer_)
    if (at->cause_at(present) != cancellation_cause::none) return true;
  return asked_outside();
}

}  // namespace curfew::detail
