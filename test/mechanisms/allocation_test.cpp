#include "../support.hpp"

#include <curfew/detail/stack_table.hpp>
#include <curfew/impl/wait_op.hpp>
#include <curfew/testing/replace_new.hpp>  // for all of this program
#include <functional>
#include <memory>
#include <new>

BOOST_AUTO_TEST_SUITE(allocation)

namespace {

namespace allocations = curfew::testing::detail::allocations;

// How many allocations a step costs on average once caches are warm, in a coroutine that runs it
// many times. Real time, because what counts is what a server pays; nothing here waits for it.
template <class Step>
std::size_t steady_allocations(Step step, bool scoped) {
  asio::io_context context(1);
  std::size_t spent = 0;
  auto loop = [&]() -> awaitable<> {
    for (int i = 0; i < 200; ++i) co_await step();
    auto const before = allocations::asked();
    for (int i = 0; i < 1000; ++i) co_await step();
    spent = allocations::asked() - before;
  };
  auto main = [&]() -> awaitable<> {
    if (scoped)
      co_await in_scope(std::ref(loop));
    else
      co_await loop();
  };
  // As in a server, something is always pending: so the queue's timer stays where it is.
  curfew::sleep_for(context, 1h)([](error_code) {});
  std::exception_ptr error;
  asio::co_spawn(context, main(), [&](std::exception_ptr e) {
    error = e;
    context.stop();
  });
  context.run();
  BOOST_TEST(!error);
  return spent;
}

auto turn() { return asio::post(asio::deferred); }
awaitable<> turn_in_a_coroutine() { co_await asio::post(asio::deferred); }

template <class T>
struct counting_allocator {
  using value_type = T;
  explicit counting_allocator(int& a, int& l) : taken(&a), live(&l) {}
  template <class U>
  counting_allocator(counting_allocator<U> const& other) : taken(other.taken), live(other.live) {}
  T* allocate(std::size_t n) {
    ++*taken;
    ++*live;
    return std::allocator<T>().allocate(n);
  }
  void deallocate(T* p, std::size_t n) {
    --*live;
    std::allocator<T>().deallocate(p, n);
  }
  template <class U>
  bool operator==(counting_allocator<U> const& other) const {
    return taken == other.taken;
  }
  int* taken;
  int* live;
};

/// As large as Asio's own for a coroutine.
struct handler_of_two_words {
  using executor_type = asio::io_context::executor_type;
  executor_type get_executor() const noexcept { return context->get_executor(); }
  void operator()(error_code) const {}

  asio::io_context* context;
  void* result;
};

}  // namespace

#if defined(__GNUC__) && __SIZEOF_POINTER__ == 8
// Where the C++ library's are 128 bytes, of which 8 are its own, 15 may go for alignment, and one
// is Asio's.
BOOST_AUTO_TEST_CASE(the_state_of_a_limited_operation_fits_the_small_blocks_of_an_allocator) {
  using namespace curfew::detail;
  using executor = asio::io_context::executor_type;
  BOOST_TEST((sizeof(wait_op<handler_of_two_words, executor, by_limit, error_code>)) <= 104U);
  BOOST_TEST((sizeof(wait_op<handler_of_two_words, executor, by_token, error_code>)) <= 104U);
}
#endif

BOOST_AUTO_TEST_CASE(allocations_of_both_kinds_are_counted) {
  auto const before = allocations::asked();
  delete new int;
  BOOST_TEST(allocations::asked() == before + 1);
#ifndef _WIN32
  std::free(std::aligned_alloc(16, 16));
  BOOST_TEST(allocations::asked() == before + 2);
#endif
  // Asio's recycled memory comes from where this program counts, else the zeros mean nothing.
  auto const unscoped = allocations::asked();
  asio::recycling_allocator<int> recycling;
  recycling.deallocate(recycling.allocate(1), 1);
  BOOST_TEST(allocations::asked() > unscoped);
}

BOOST_AUTO_TEST_CASE(a_limit_around_a_deferred_operation_allocates_nothing) {
  for (bool const scoped : {false, true})
    BOOST_TEST(steady_allocations([] { return curfew::wait_for(turn(), 10s); }, scoped) == 0U);
}

BOOST_AUTO_TEST_CASE(a_limit_that_never_ends_allocates_nothing) {
  for (bool const scoped : {false, true}) {
    auto const never = [] { return curfew::wait_for(turn(), curfew::never); };
    BOOST_TEST(steady_allocations(never, scoped) == 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_limit_around_an_awaitable_inside_a_scope_allocates_nothing) {
  auto const step = [] { return curfew::wait_for(turn_in_a_coroutine(), 10s); };
  BOOST_TEST(steady_allocations(step, true) == 0U);
}

BOOST_AUTO_TEST_CASE(a_sleep_allocates_nothing) {
  for (bool const scoped : {false, true}) {
    BOOST_TEST(steady_allocations([] { return curfew::sleep_for(0s); }, scoped) == 0U);
    BOOST_TEST(steady_allocations([] { return curfew::sleep_for(1us); }, scoped) == 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_scope_inside_a_scope_allocates_nothing) {
  auto body = [](curfew::timeout_scope&) -> awaitable<> { co_await turn(); };
  BOOST_TEST(steady_allocations([&] { return curfew::timeout(10s, body); }, true) == 0U);
  BOOST_TEST(steady_allocations([&] { return curfew::move_on_after(10s, body); }, true) == 0U);
}

BOOST_AUTO_TEST_CASE(a_checkpoint_and_a_look_at_oneself_allocate_nothing) {
  for (bool const scoped : {false, true}) {
    BOOST_TEST(steady_allocations([] { return curfew::checkpoint(); }, scoped) == 0U);
    BOOST_TEST(steady_allocations([] { return curfew::this_task::self(); }, scoped) == 0U);
  }
}

BOOST_AUTO_TEST_CASE(the_state_of_a_limit_is_in_memory_of_the_handlers_allocator) {
  int taken = 0, live = 0;
  asio::io_context context(1);
  auto const plain_operation = [&] {
    asio::post(context, asio::bind_allocator(counting_allocator<int>(taken, live), [] {}));
    context.run();
    context.restart();
    return std::exchange(taken, 0);
  }();
  bool called = false;
  curfew::wait_for(context, asio::post(context, asio::deferred),
                   1s)(asio::bind_allocator(counting_allocator<int>(taken, live), [&] {
    // Given back before the handler is called, so that what it starts can use it again.
    BOOST_TEST(live == 0);
    called = true;
  }));
  BOOST_TEST(taken == plain_operation + 1);
  context.run();
  BOOST_TEST(called);
  BOOST_TEST(live == 0);
}

BOOST_AUTO_TEST_CASE(the_state_of_a_sleep_is_in_memory_of_the_handlers_allocator) {
  int taken = 0, live = 0;
  asio::io_context context(1);
  curfew::testing::virtual_time time(context);
  bool called = false;
  curfew::sleep_for(context, 1s)(asio::bind_allocator(counting_allocator<int>(taken, live),
                                                      [&](error_code) { called = true; }));
  BOOST_TEST(taken == 1);
  time.run();
  BOOST_TEST(called);
  BOOST_TEST(live == 0);
}

BOOST_AUTO_TEST_CASE(a_million_coroutines_leave_the_table_as_small_as_it_was) {
  using namespace curfew::detail;
  auto const key_at = [](std::uintptr_t n) { return reinterpret_cast<void*>(n * 16 + 16); };
  auto* const stack = reinterpret_cast<region_stack*>(std::uintptr_t{64});
  // A hundred live at any time, among addresses that keep changing.
  constexpr std::uintptr_t live = 100, churn = 1'000'000;
  for (std::uintptr_t i = 0; i < live; ++i) enter_stack(key_at(i), stack);
  auto const before = allocations::asked();
  for (std::uintptr_t i = live; i < churn; ++i) {
    enter_stack(key_at(i), stack);
    erase_stack(key_at(i - live));
  }
  // To hold them all it would have to double more than ten times.
  BOOST_TEST(allocations::asked() - before < 3U);
  for (std::uintptr_t i = churn - live; i < churn; ++i) erase_stack(key_at(i));
}

BOOST_AUTO_TEST_SUITE_END()
