#include "compare.hpp"

#include <sstream>

#include "interpreter.hpp"
#include "model.hpp"
#include "shrink.hpp"

namespace model {

namespace {

/// How many orders are tried before a program counts as wrong; fewer where all are the same.
constexpr std::uint64_t orders = 2000, orders_until_same = 60;

}  // namespace

agreement compare(program const& given) {
  auto const expected = predict(given);
  auto const seen = observe(given);
  if (!seen.left.empty()) return agreement::none;
  if (seen.nodes == expected) return agreement::exact;
  bool open = false;
  for (std::uint64_t order = 1; order < (open ? orders : orders_until_same); ++order) {
    auto const other = predict(given, order);
    if (seen.nodes == other) return agreement::allowed;
    open |= other != expected;
  }
  return agreement::none;
}

std::string report(program const& given) {
  auto const least =
      shrink(given, [](program const& less) { return compare(less) == agreement::none; });
  auto const seen = observe(least);
  std::ostringstream out;
  out << least << "the model says\n" << predict(least) << "and there came\n" << seen.nodes;
  if (!seen.left.empty()) out << "left behind: " << seen.left << '\n';
  return out.str();
}

}  // namespace model
