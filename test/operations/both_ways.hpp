#ifndef CURFEW_TEST_OPERATIONS_BOTH_WAYS_HPP
#define CURFEW_TEST_OPERATIONS_BOTH_WAYS_HPP

#include "../support.hpp"

#include <functional>

/// A fixture that starts its coroutines as plain Asio does, or inside a scope, where curfew runs
/// them. The results must be the same.
class caller : public fixture {
 public:
  explicit caller(bool in_a_scope) : in_a_scope_(in_a_scope) {}

  /// The functions are of one type, so that less is compiled.
  void start(std::function<awaitable<>()> f) {
    ended.reset();
    if (in_a_scope_) f = [inner = std::move(f)] { return in_scope(inner); };
    fixture::start(std::move(f));
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
