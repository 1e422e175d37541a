#ifndef CURFEW_TEST_OPERATIONS_BOTH_WAYS_HPP
#define CURFEW_TEST_OPERATIONS_BOTH_WAYS_HPP

#include "../support.hpp"

#include <functional>
#include <list>

/// A fixture that starts its coroutines as plain Asio does, or inside a scope, where curfew runs
/// them. The results must be the same.
class caller : public fixture {
 public:
  explicit caller(bool in_a_scope) : in_a_scope_(in_a_scope) {}

  /// The function, and with it what its coroutine captured, lives as long as the fixture.
  template <class F>
  void start(F f) {
    ended.reset();
    auto const& kept = kept_.emplace_back(std::move(f));
    if (in_a_scope_)
      fixture::start([&] { return in_scope(kept); });
    else
      fixture::start(kept);
  }
  template <class F>
  void run(F f, end expected = end::value) {
    start(std::move(f));
    time.run();
    BOOST_REQUIRE(ended.has_value());
    BOOST_TEST(*ended == expected);
  }
  /// Asks the coroutine to stop, from a handler of the context.
  void ask() {
    asio::post(context, [this] { cancel(); });
    time.settle();
  }

 private:
  std::list<std::function<awaitable<>()>> kept_;
  bool in_a_scope_;
};

/// A case that is run with either kind of caller.
#define BOTH_WAYS(name)                                                          \
  struct name##_for : caller {                                                   \
    using caller::caller;                                                        \
    void test();                                                                 \
  };                                                                             \
  BOOST_AUTO_TEST_CASE(name) {                                                   \
    for (bool const in_a_scope : {false, true}) {                                \
      BOOST_TEST_CONTEXT((in_a_scope ? "in a scope" : "in a plain coroutine")) { \
        name##_for(in_a_scope).test();                                           \
      }                                                                          \
    }                                                                            \
  }                                                                              \
  void name##_for::test()

#endif
