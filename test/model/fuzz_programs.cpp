// Programs made of whatever libFuzzer thinks of; see the preset "fuzz".

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <span>

#include "compare.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  auto const program = model::make_program(std::span(data, size), model::vocabulary::concurrent);
  if (model::compare(program) != model::agreement::none) return 0;
  std::cerr << model::report(program);
  std::abort();
}
