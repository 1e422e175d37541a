#include "../support.hpp"
#include "manual_op.hpp"

BOOST_AUTO_TEST_SUITE(wait_for_memory)

namespace {

error_code const aborted = asio::error::operation_aborted;
error_code const timed_out = curfew::errc::timed_out;

/// Counts what is allocated and not given back, and how often.
template <class T>
struct counting_allocator {
  using value_type = T;
  counting_allocator(std::size_t* all, std::size_t* open) : allocations(all), in_use(open) {}
  template <class U>
  counting_allocator(counting_allocator<U> const& other)
      : allocations(other.allocations), in_use(other.in_use) {}
  T* allocate(std::size_t n) {
    ++*allocations;
    ++*in_use;
    return std::allocator<T>().allocate(n);
  }
  void deallocate(T* p, std::size_t n) {
    --*in_use;
    std::allocator<T>().deallocate(p, n);
  }
  bool operator==(counting_allocator const&) const = default;

  std::size_t *allocations, *in_use;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(the_state_lives_in_memory_of_the_handlers_allocator, fixture) {  // AX-19
  std::size_t allocations = 0, in_use = 0;
  std::optional<error_code> result;
  manual_op<error_code> op;
  op.on_cancel = [&] { op.post(aborted); };
  curfew::wait_for(context, op(), 1s)(
      asio::bind_allocator(counting_allocator<int>(&allocations, &in_use), [&](error_code error) {
        BOOST_TEST(in_use == 0U);
        result = error;
      }));
  BOOST_TEST(allocations == 1U);
  BOOST_TEST(in_use == 1U);
  time.run();
  BOOST_TEST((result == timed_out));
  BOOST_TEST(in_use == 0U);
}

// A handler may own what its allocator takes memory from, so nothing is given back after the call.
BOOST_FIXTURE_TEST_CASE(memory_is_given_back_before_the_call_although_the_limit_fires_too,
                        fixture) {
  for (bool const ends_first : {false, true}) {
    BOOST_TEST_CONTEXT((ends_first ? "the operation ends first" : "the limit fires first")) {
      std::size_t allocations = 0, in_use = 0;
      bool called = false;
      manual_op<error_code> op;
      auto const end_it = [&] {
        curfew::sleep_for(context, 1s)([&](error_code) { op.complete({}); });
      };
      if (ends_first) end_it();
      curfew::wait_for(context, op(), 1s)(
          asio::bind_allocator(counting_allocator<int>(&allocations, &in_use), [&](error_code) {
            BOOST_TEST(in_use == 0U);
            called = true;
          }));
      if (!ends_first) end_it();
      time.run();
      BOOST_TEST(called);
      BOOST_TEST(in_use == 0U);
    }
  }
}

BOOST_FIXTURE_TEST_CASE(memory_is_given_back_before_the_call_inside_the_request, fixture) {
  std::size_t allocations = 0, in_use = 0;
  bool called = false;
  manual_op<error_code> op;
  op.on_cancel = [&] { op.complete(aborted); };
  curfew::wait_for(context, op(), 1s)(
      asio::bind_allocator(counting_allocator<int>(&allocations, &in_use), [&](error_code) {
        BOOST_TEST(in_use == 0U);
        called = true;
      }));
  time.run();
  BOOST_TEST(called);
}

BOOST_FIXTURE_TEST_CASE(a_refused_operation_gives_its_memory_back, fixture) {  // AX-19
  std::size_t allocations = 0, in_use = 0;
  bool called = false;
  curfew::wait_for(context, curfew::sleep_for(1s), 0s)(
      asio::bind_allocator(counting_allocator<int>(&allocations, &in_use), [&](error_code) {
        BOOST_TEST(in_use == 0U);
        called = true;
      }));
  time.run();
  BOOST_TEST(called);
  BOOST_TEST(in_use == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
