// growth: a limit around one operation where there is much of what must not make it dearer: tasks
// that are alive, scopes around it. Pending deadlines are in wait_for_op, subscribers in
// token_churn.

#include "in_task.hpp"
#include "rivals.hpp"
#include "rows.hpp"

#include <curfew/sleep.hpp>
#include <curfew/spawn.hpp>
#include <curfew/wait_for.hpp>

namespace bench {
namespace {

struct by_curfew {
  static constexpr auto name = "curfew";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) co_await curfew::wait_for(yield(executor), limit);
  }
};

/// The same inside of `depth` scopes.
template <class Contender, class Ex>
awaitable<Ex> inside(std::size_t depth, Ex executor, std::size_t operations) {
  if (depth == 0) {
    co_await Contender::template start<Ex>(executor, operations);
  } else {
    co_await curfew::timeout(1h, inside<Contender, Ex>, depth - 1, executor, operations);
  }
}

template <class Contender, std::size_t depth>
struct nested {
  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    return inside<Contender, Ex>(depth, executor, operations);
  }
};

/// The row without a limit has as many scopes around it: what entering them takes falls out.
template <class Contender, std::size_t... depths>
void add_nested(std::index_sequence<depths...>) {
  for (std::size_t coroutines : {1u, 100u}) {
    auto const add = [&]<std::size_t depth>(std::integral_constant<std::size_t, depth>) {
      row what;
      what.coroutines = coroutines;
      what.operations = 200'000;
      what.name = std::string("wait_for_op/") + Contender::name +
                  "/C:" + std::to_string(coroutines) + "/depth:" + std::to_string(depth);
      add_timed_row<nested<Contender, depth>, any_executor>(what)->Iterations(2);
    };
    (add(std::integral_constant<std::size_t, depths>()), ...);
  }
}

awaitable<any_executor> wait_forever() { co_await curfew::sleep_forever(); }

void hold_tasks(asio::io_context& context, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) curfew::spawn(context, {"waiting"}, wait_forever());
}

void add_beside_tasks() {
  for (std::size_t coroutines : {1u, 100u}) {
    for (std::size_t count : {0u, 1'000u, 100'000u}) {
      row what;
      what.name =
          "wait_for_op/curfew/C:" + std::to_string(coroutines) + "/tasks:" + std::to_string(count);
      what.coroutines = coroutines;
      what.prepare = [count](asio::io_context& context) { hold_tasks(context, count); };
      add_timed_row<by_curfew, any_executor>(what)->Iterations(2);
    }
  }
}

bool register_rows() {
  using depths = std::index_sequence<1, 10, 1'000>;
  add_nested<bare_op>(depths());
  add_nested<by_curfew>(depths());
  add_beside_tasks();
  return true;
}

bool const registered = register_rows();

}  // namespace
}  // namespace bench
