#include "owners.hpp"

#include <algorithm>
#include <curfew/detail/task_registry.hpp>
#include <curfew/sleep.hpp>
#include <curfew/timeout.hpp>

BOOST_AUTO_TEST_SUITE(task_registry)

namespace {

auto& registry_of(asio::io_context& context) {
  return curfew::detail::task_registry::of(curfew::detail::deadline_service::of(context));
}

std::vector<std::string> names_of(std::vector<curfew::detail::task_ref> const& tasks) {
  std::vector<std::string> all;
  for (auto const& one : tasks) all.emplace_back(one->name());
  std::ranges::sort(all);
  return all;
}

awaitable<> rest() { co_await curfew::sleep_for(1h); }

awaitable<> own_two(curfew::task_group& group) {
  group.spawn({"left"}, rest);
  group.spawn({"right"}, rest);
  co_return;
}

awaitable<> parent() {
  co_await curfew::with_task_group(curfew::group_options().name("pair"), own_two);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_context_knows_its_living_tasks_and_their_groups) {
  fixture f;
  auto const main = curfew::spawn(f.context, {"main"}, parent);
  f.time.settle();
  auto& registry = registry_of(f.context);
  BOOST_TEST(names_of(registry.tasks()) == (std::vector<std::string>{"left", "main", "right"}),
             boost::test_tools::per_element());
  BOOST_TEST(registry.groups().size() == 2U);
  BOOST_TEST(registry.groups().back()->name() == "pair");
  f.time.run();
  BOOST_TEST(main.done());
  BOOST_TEST(registry.tasks().empty());
  BOOST_TEST(registry.groups().size() == 1U);  // the context's own
}

BOOST_AUTO_TEST_CASE(a_task_knows_where_and_when_it_was_spawned_and_who_owns_it) {
  fixture f;
  auto const before = f.time.now();
  auto const main = curfew::spawn(f.context, {"main"}, parent);
  f.time.settle();
  f.time.advance(10s);
  for (auto const& one : registry_of(f.context).tasks()) {
    BOOST_TEST((one->spawned_at() == before));
    BOOST_TEST(std::string(one->where().file_name()).ends_with("task_registry_test.cpp"));
    auto const owner = one->group()->owner();
    BOOST_TEST((owner ? owner->as_task()->name() : "") == (one->name() == "main" ? "" : "main"));
    BOOST_TEST(one->begun());
    BOOST_TEST(!one->done());
  }
  f.time.run();
}

BOOST_AUTO_TEST_CASE(a_group_knows_the_deadline_around_it_also_after_a_reschedule) {
  fixture f;
  auto const start = f.time.now();
  f.run([&]() -> awaitable<> {
    co_await curfew::timeout(2h, [&](curfew::timeout_scope& scope) -> awaitable<> {
      co_await curfew::with_task_group([&](curfew::task_group& group) -> awaitable<> {
        group.spawn(rest());
        auto const core = registry_of(f.context).groups().back();
        BOOST_TEST((core->deadline().load() == start + 2h));
        BOOST_TEST(scope.reschedule_after(3h));
        BOOST_TEST((core->deadline().load() == start + 3h));
        co_return;
      });
    });
  });
}

BOOST_AUTO_TEST_CASE(the_name_of_a_task_is_known_inside_it) {
  fixture f;
  std::string inside, in_scope;
  auto const body = [&]() -> awaitable<> {
    auto const self = co_await curfew::this_task::self();
    inside = self.name();
    auto const scoped = [&]() -> awaitable<> {
      auto const same = co_await curfew::this_task::self();
      in_scope = same.name();
    };
    co_await curfew::timeout(1s, scoped);
  };
  curfew::spawn(f.context, {"worker"}, body);
  f.time.run();
  BOOST_TEST(inside == "worker");
  BOOST_TEST(in_scope == "worker");
}

BOOST_AUTO_TEST_CASE(a_plain_coroutine_has_no_name) {
  fixture f;
  f.run([]() -> awaitable<> {
    auto const self = co_await curfew::this_task::self();
    BOOST_TEST(self.name().empty());
  });
}

BOOST_AUTO_TEST_CASE(a_context_that_is_destroyed_leaves_no_task_behind) {
  curfew::task<void> main;
  {
    asio::io_context context;
    main = curfew::spawn(context, {"main"}, parent);
    context.poll();
    BOOST_TEST(registry_of(context).tasks().size() == 3U);
  }
  BOOST_TEST(main.done());
  BOOST_TEST(main.cancelled());
  BOOST_TEST(main.name() == "main");
}

BOOST_AUTO_TEST_SUITE_END()
