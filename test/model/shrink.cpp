#include "shrink.hpp"

#include <utility>

namespace model {

namespace {

/// All that one node can be made of that is smaller, the smallest first.
std::vector<node> smaller(node const& n) {
  std::vector<node> found;
  node nothing;
  nothing.id = n.id;
  if (n.kind != kind::checkpoint) found.push_back(nothing);
  for (auto const& part : n.parts) found.push_back(part);
  auto const change = [&](auto what) { what(found.emplace_back(n)); };
  if (has_many(n.kind) && n.parts.size() > 1)
    for (std::size_t i = 0; i < n.parts.size(); ++i)
      change([&](node& less) { less.parts.erase(less.parts.begin() + static_cast<int>(i)); });
  for (int time = 0; time < n.time; ++time) change([&](node& less) { less.time = time; });
  if (n.kind == kind::sleep && n.direct) change([](node& less) { less.direct = false; });
  return found;
}

/// The node that comes at that place when all are counted, the outer before the inner.
node* find(node& in, std::size_t& place) {
  if (place-- == 0) return &in;
  for (auto& part : in.parts)
    if (auto* const found = find(part, place)) return found;
  return nullptr;
}

std::vector<program> smaller(program const& given) {
  std::vector<program> found;
  auto const change = [&](auto what) { what(found.emplace_back(given)); };
  for (std::size_t i = 0; i < given.outside.size(); ++i)
    change([&](program& less) { less.outside.erase(less.outside.begin() + static_cast<int>(i)); });
  for (std::size_t i = 0; i < size_of(given.body); ++i) {
    auto copy = given;
    auto place = i;
    auto* const changed = find(copy.body, place);
    for (auto& less : smaller(node(*changed))) {
      *changed = std::move(less);
      found.push_back(copy);
    }
  }
  for (std::size_t i = 0; i < given.outside.size(); ++i)
    if (given.outside[i].at > 0 && (i == 0 || given.outside[i - 1].at < given.outside[i].at))
      change([&](program& less) { --less.outside[i].at; });
  if (given.as_task) change([](program& less) { less.as_task = false; });
  return found;
}

}  // namespace

program shrink(program given, std::function<bool(program const&)> const& fails) {
  for (bool found = true; found;) {
    found = false;
    for (auto& less : smaller(given)) {
      if (!fails(less)) continue;
      given = std::move(less);
      found = true;
      break;
    }
  }
  return given;
}

}  // namespace model
