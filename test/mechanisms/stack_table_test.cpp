#include "../support.hpp"

#include <atomic>
#include <cstdint>
#include <curfew/detail/stack_table.hpp>
#include <random>
#include <thread>
#include <unordered_map>
#include <vector>

BOOST_AUTO_TEST_SUITE(stack_table)

namespace {

using curfew::detail::count_stacks;
using curfew::detail::enter_stack;
using curfew::detail::erase_stack;
using curfew::detail::find_stack;
using curfew::detail::region_stack;

// The table never looks at what its pointers point to.
void* key_at(std::uintptr_t n) { return reinterpret_cast<void*>(n * 16 + 16); }
region_stack* stack_at(std::uintptr_t n) { return reinterpret_cast<region_stack*>(n * 64 + 64); }

}  // namespace

BOOST_AUTO_TEST_CASE(a_null_key_is_never_found) {
  BOOST_TEST(find_stack(nullptr) == nullptr);
  BOOST_TEST(curfew::detail::key_of(asio::cancellation_slot()) == nullptr);
}

BOOST_AUTO_TEST_CASE(the_key_of_a_slot_is_that_of_its_signal) {
  asio::cancellation_signal first, second;
  BOOST_TEST(curfew::detail::key_of(first.slot()) != nullptr);
  BOOST_TEST(curfew::detail::key_of(first.slot()) == curfew::detail::key_of(first.slot()));
  BOOST_TEST(curfew::detail::key_of(first.slot()) != curfew::detail::key_of(second.slot()));
}

BOOST_AUTO_TEST_CASE(a_key_is_found_from_its_entry_to_its_erasure) {
  auto const before = count_stacks();
  BOOST_TEST(find_stack(key_at(1)) == nullptr);
  enter_stack(key_at(1), stack_at(1));
  enter_stack(key_at(2), stack_at(2));
  BOOST_TEST(find_stack(key_at(1)) == stack_at(1));
  BOOST_TEST(find_stack(key_at(2)) == stack_at(2));
  BOOST_TEST(count_stacks() == before + 2);
  erase_stack(key_at(1));
  BOOST_TEST(find_stack(key_at(1)) == nullptr);
  BOOST_TEST(find_stack(key_at(2)) == stack_at(2));
  enter_stack(key_at(1), stack_at(3));
  BOOST_TEST(find_stack(key_at(1)) == stack_at(3));
  erase_stack(key_at(1));
  erase_stack(key_at(2));
  BOOST_TEST(count_stacks() == before);
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_keys_are_told_apart) {
  constexpr std::uintptr_t many = 100'000;
  auto const before = count_stacks();
  for (std::uintptr_t i = 0; i < many; ++i) enter_stack(key_at(i), stack_at(i));
  BOOST_TEST(count_stacks() == before + many);
  bool right = true;
  for (std::uintptr_t i = 0; i < many; ++i) right = right && find_stack(key_at(i)) == stack_at(i);
  BOOST_TEST(right);
  for (std::uintptr_t i = 0; i < many; i += 2) erase_stack(key_at(i));
  for (std::uintptr_t i = 0; i < many; ++i)
    right = right && find_stack(key_at(i)) == (i % 2 ? stack_at(i) : nullptr);
  BOOST_TEST(right);
  BOOST_TEST(find_stack(key_at(many)) == nullptr);
  for (std::uintptr_t i = 1; i < many; i += 2) erase_stack(key_at(i));
  BOOST_TEST(count_stacks() == before);
}

BOOST_AUTO_TEST_CASE(the_table_behaves_like_a_map) {
  std::mt19937 random(11);
  std::unordered_map<std::uintptr_t, std::uintptr_t> model;
  auto const before = count_stacks();
  for (int step = 0; step < 200'000; ++step) {
    auto const key = std::uintptr_t{random() % 500};
    auto const known = model.find(key);
    BOOST_REQUIRE(find_stack(key_at(key)) ==
                  (known == model.end() ? nullptr : stack_at(known->second)));
    if (known == model.end()) {
      auto const value = std::uintptr_t{random() % 1000};
      enter_stack(key_at(key), stack_at(value));
      model.emplace(key, value);
    } else {
      erase_stack(key_at(key));
      model.erase(known);
    }
  }
  BOOST_TEST(count_stacks() == before + model.size());
  for (auto const& [key, value] : model) erase_stack(key_at(key));
  BOOST_TEST(count_stacks() == before);
}

// Each thread looks up only what it entered itself, as coroutines do, while the others make the
// table grow under it.
BOOST_AUTO_TEST_CASE(readers_find_their_keys_while_writers_grow_the_table) {
  auto const before = count_stacks();
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (std::uintptr_t t = 0; t < 4; ++t)
    threads.emplace_back([t, &wrong] {
      auto const base = (t + 1) * 1'000'000;
      auto const grows = t % 2 == 0;
      for (std::uintptr_t i = 0; i < 10; ++i) enter_stack(key_at(base + i), stack_at(base + i));
      for (std::uintptr_t round = 0; round < 20'000; ++round) {
        if (grows) enter_stack(key_at(base + 100 + round), stack_at(round));
        auto const mine = base + round % 10;
        if (find_stack(key_at(mine)) != stack_at(mine)) ++wrong;
        if (find_stack(key_at(base + 50)) != nullptr) ++wrong;
      }
      for (std::uintptr_t round = 0; grows && round < 20'000; ++round)
        erase_stack(key_at(base + 100 + round));
      for (std::uintptr_t i = 0; i < 10; ++i) erase_stack(key_at(base + i));
    });
  for (auto& each : threads) each.join();
  BOOST_TEST(wrong == 0);
  BOOST_TEST(count_stacks() == before);
}

BOOST_AUTO_TEST_SUITE_END()
