#include "compare.hpp"

#include <sstream>

#include "interpreter.hpp"
#include "model.hpp"
#include "shrink.hpp"

namespace model {

namespace {

constexpr std::uint64_t orders = 400;  ///< How many are tried before a program counts as wrong.

}  // namespace

agreement compare(program const& given) {
  auto const expected = predict(given);
  auto const seen = observe(given);
  if (!seen.left.empty()) return agreement::none;
  if (seen.nodes == expected) return agreement::exact;
  for (std::uint64_t order = 1; order < orders; ++order) {
    if (seen.nodes == predict(given, order)) return agreement::allowed;
  }
  return agreement::none;
}

std::string report(program const& given) {
  auto const small =
      shrink(given, [](program const& less) { return compare(less) == agreement::none; });
  auto const seen = observe(small);
  std::ostringstream out;
  out << small << "the model says\n" << predict(small) << "and there came\n" << seen.nodes;
  if (!seen.left.empty()) out << "left behind: " << seen.left << '\n';
  return out.str();
}

}  // namespace model
