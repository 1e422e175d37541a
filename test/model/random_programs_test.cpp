#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

#include "../support.hpp"
#include "compare.hpp"
#include "interpreter.hpp"
#include "model.hpp"
#include "shrink.hpp"

// Programs that nobody thought of, and what the contract says of them. CURFEW_SEED tries others.

BOOST_AUTO_TEST_SUITE(random_programs)

namespace {

constexpr int programs = 5000;

std::uint64_t first_seed() {
  char const* const given = std::getenv("CURFEW_SEED");
  return given ? std::stoull(given) : 1;
}

/// How many ended exactly as the model says, whatever may come in another order at one instant.
int compare_all(model::vocabulary words) {
  int exact = 0;
  for (int i = 0; i < programs; ++i) {
    auto const seed = first_seed() + static_cast<std::uint64_t>(i);
    auto const program = model::make_program(seed, words);
    auto const how = model::compare(program);
    if (how == model::agreement::none) {
      BOOST_ERROR("CURFEW_SEED=" << seed << ", made small:\n" << model::report(program));
      break;
    }
    exact += how == model::agreement::exact;
  }
  return exact;
}

/// Has never heard of timeouts.
model::history predict_wrongly(model::program const& given) {
  auto said = model::predict(given);
  for (auto& [id, end] : said)
    if (end.how == "timed_out") end.how = "aborted";
  return said;
}
bool is_wrong(model::program const& given) {
  return predict_wrongly(given) != model::observe(given).nodes;
}

int depth_of(model::node const& in) {
  int depth = 0;
  for (auto const& part : in.parts) depth = std::max(depth, depth_of(part));
  return depth + 1;
}

}  // namespace

BOOST_AUTO_TEST_CASE(programs_of_one_coroutine_end_as_the_contract_says) {
  BOOST_TEST(compare_all(model::vocabulary::sequential) > programs * 99 / 100);
}

BOOST_AUTO_TEST_CASE(programs_of_several_coroutines_end_as_the_contract_says) {
  BOOST_TEST(compare_all(model::vocabulary::concurrent) > programs * 99 / 100);
}

BOOST_AUTO_TEST_CASE(any_bytes_make_a_program_of_bounded_size) {
  std::span<std::uint8_t const> const nothing;
  std::size_t largest = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    auto const program = model::make_program(seed, model::vocabulary::concurrent);
    largest = std::max(largest, size_of(program.body));
    BOOST_REQUIRE(depth_of(program.body) <= 8);
  }
  BOOST_TEST(largest <= 40U);
  BOOST_TEST(largest > 30U);
  BOOST_TEST(size_of(model::make_program(nothing, model::vocabulary::concurrent).body) == 2U);
}

BOOST_AUTO_TEST_CASE(what_a_wrong_model_says_is_found_and_made_small) {
  std::uint64_t seed = 0;
  auto found = model::make_program(seed, model::vocabulary::sequential);
  while (!is_wrong(found) || size_of(found.body) < 20)
    found = model::make_program(++seed, model::vocabulary::sequential);
  auto const least = model::shrink(found, is_wrong);
  BOOST_TEST(is_wrong(least));
  BOOST_TEST(size_of(least.body) == 2U);
  BOOST_TEST(least.outside.empty());
  BOOST_TEST(!least.as_task);
}

BOOST_AUTO_TEST_SUITE_END()
