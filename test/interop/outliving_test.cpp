#include "stepper.hpp"

BOOST_AUTO_TEST_SUITE(outliving)

BOOST_AUTO_TEST_CASE(an_awaitable_that_is_never_awaited_destroys_what_it_holds_once) {
  text_ref const held = std::make_shared<std::string>("held");
  auto body = [](text_ref) -> awaitable<> { co_return; };
  {
    auto limited = curfew::wait_for(slow(held, 1h), 1s);
    auto scope = curfew::timeout(1s, body, held);
    auto quiet = curfew::move_on_after(1s, body, held);
    auto settled = curfew::settle(slow(held, 1h));
    BOOST_TEST(held.use_count() == 5);
  }
  BOOST_TEST(held.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(an_operation_that_does_not_start_destroys_its_arguments_once) {
  fixture f;
  text_ref const held = std::make_shared<std::string>("held");
  bool ran = false;
  f.run([&]() -> awaitable<> {
    auto op = [&](text_ref) -> awaitable<> {
      ran = true;
      co_return;
    };
    ENDS(end::timed_out, curfew::wait_for(op(held), 0s));
    BOOST_TEST(held.use_count() == 1);
    auto deferred = asio::async_initiate<asio::deferred_t const, void(error_code)>(
        [&ran](auto, text_ref) { ran = true; }, asio::deferred, held);
    ENDS(end::timed_out, curfew::wait_for(std::move(deferred), -1s));
  });
  BOOST_TEST(!ran);
  BOOST_TEST(held.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(the_handlers_of_callbacks_are_destroyed_and_not_called) {
  text_ref const held = std::make_shared<std::string>("held");
  int called = 0;
  {
    stepper s;
    auto const handler = [&called, held](error_code) { ++called; };
    curfew::sleep_for(*s.context, 1h)(handler);
    curfew::sleep_forever (*s.context)(handler);
    curfew::wait_for(*s.context, curfew::sleep_for(*s.context, 1h), 1s)(handler);
    curfew::wait_for(*s.context, curfew::sleep_for(*s.context, 1h), 0s)(handler);
    curfew::wait_for(*s.context, curfew::sleep_for(*s.context, 0s), curfew::never)(handler);
    curfew::wait_for(*s.context, slow(held, 1h),
                     1s)([&called, held](std::exception_ptr, int) { ++called; });
    BOOST_TEST(held.use_count() > 6);
    s.destroy();
  }
  BOOST_TEST(called == 0);
  BOOST_TEST(held.use_count() == 1);
}

// A strand needs its context in its destructor still.
BOOST_AUTO_TEST_CASE(a_child_elsewhere_outlives_the_context_and_the_strand_of_its_groups_owner) {
  asio::io_context elsewhere;
  {
    asio::io_context context;
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      group.spawn(elsewhere, slow({}, 1h));
      co_return;
    };
    auto const owner = [&]() -> awaitable<> { co_await curfew::with_task_group(body); };
    asio::co_spawn(asio::make_strand(context), owner, asio::detached);
    context.poll();
  }
  elsewhere.run();
  BOOST_TEST(curfew::tasks(elsewhere).empty());
}

BOOST_AUTO_TEST_CASE(a_deadline_may_be_taken_back_while_its_context_is_destroyed) {
  bool moved = false;
  {
    asio::io_context context;
    asio::steady_timer endless(context, 1h);
    auto const body = [&](curfew::timeout_scope& scope) -> awaitable<> {
      struct takes_back {
        curfew::timeout_scope& scope;
        bool& moved;
        ~takes_back() { moved = scope.reschedule(curfew::never); }
      } const at_the_end{scope, moved};
      co_await endless.async_wait(asio::deferred);
    };
    auto const owner = [&]() -> awaitable<> { co_await curfew::timeout(10s, body); };
    asio::co_spawn(context, owner, asio::detached);
    context.poll();
  }
  BOOST_TEST(moved);
}

BOOST_AUTO_TEST_CASE(copies_of_a_scopes_handle_outlive_scope_and_context) {
  std::optional<curfew::timeout_scope> ended, destroyed;
  {
    fixture f;
    f.run([&]() -> awaitable<> {
      auto body = [&](curfew::timeout_scope& scope) -> awaitable<> {
        ended.emplace(scope);
        co_await curfew::sleep_forever();
      };
      ENDS(end::timed_out, curfew::timeout(1s, body));
    });
  }
  {
    stepper s;
    auto body = [&](curfew::timeout_scope& scope) -> awaitable<> {
      destroyed.emplace(scope);
      co_await curfew::sleep_forever();
    };
    auto main = [&]() -> awaitable<> { co_await curfew::timeout(1s, body); };
    asio::co_spawn(*s.context, main(), asio::detached);
    s.context->poll();
    BOOST_TEST(!destroyed->expired());
    s.destroy();
  }
  BOOST_TEST(ended->expired());
  BOOST_TEST((ended->reason().cause() == curfew::cancellation_cause::deadline));
  BOOST_TEST(!destroyed->expired());
  BOOST_TEST(!destroyed->cancelled());
  for (auto* each : {&*ended, &*destroyed}) {
    curfew::timeout_scope copy = *each;
    copy.cancel("too late");
    BOOST_TEST(!copy.reschedule_after(1h));
    BOOST_TEST(copy.remaining() == 0ns);
    BOOST_TEST((copy.deadline() == copy.effective_deadline()));
    copy = *destroyed;
  }
}

BOOST_AUTO_TEST_CASE(a_view_of_a_task_outlives_it_and_then_knows_no_deadline) {
  fixture f;
  std::optional<curfew::task_view> self;
  f.run([&]() -> awaitable<> {
    auto body = [&]() -> awaitable<> {
      self.emplace(co_await curfew::this_task::self());
      BOOST_TEST(self->remaining() == 1s);
      co_await curfew::sleep_forever();
    };
    ENDS(end::timed_out, curfew::timeout(1s, body));
  });
  BOOST_TEST(!self->cancelled());
  BOOST_TEST(!self->reason());
  BOOST_TEST((self->effective_deadline() == curfew::clock::time_point::max()));
  BOOST_TEST((self->remaining() == curfew::clock::duration::max()));
}

BOOST_AUTO_TEST_CASE(a_view_of_a_task_may_be_destroyed_after_its_context) {
  std::optional<curfew::task_view> self;
  stepper s;
  auto body = [&]() -> awaitable<> {
    self.emplace(co_await curfew::this_task::self());
    co_await curfew::sleep_forever();
  };
  auto main = [&]() -> awaitable<> { co_await curfew::timeout(1s, body); };
  asio::co_spawn(*s.context, main(), asio::detached);
  s.context->poll();
  BOOST_REQUIRE(self.has_value());
  s.destroy();
  BOOST_TEST((self->effective_deadline() == curfew::clock::time_point::max()));
  BOOST_TEST(!self->cancelled());
}

// Asio destroys a coroutine whose operation destroys its handler instead of calling it.
BOOST_AUTO_TEST_CASE(a_coroutine_that_dies_inside_its_scopes_leaves_nothing_in_a_living_context) {
  fixture f;
  text_ref const held = std::make_shared<std::string>("held");
  int resumed = 0;
  auto main = [&](text_ref by_value) -> awaitable<> {
    auto dropped = [&](text_ref also) -> awaitable<> {
      auto drop = [&](auto handler) {
        asio::post(f.context,
                   [kept = std::move(handler)]() mutable { auto dying = std::move(kept); });
      };
      auto op =
          asio::async_initiate<asio::deferred_t const, void(error_code)>(drop, asio::deferred);
      co_await curfew::wait_for(std::move(op), 3s);
      resumed += static_cast<int>(also->size());
    };
    auto outer = [&](text_ref also) -> awaitable<> {
      co_await curfew::timeout(1s, dropped, also);
      ++resumed;
    };
    co_await curfew::timeout(2s, outer, by_value);
    ++resumed;
  };
  asio::co_spawn(f.context, main(held), asio::detached);
  f.time.settle();
  BOOST_TEST(held.use_count() == 1);
  BOOST_TEST(f.time.pending() == 0U);
  f.time.advance(1h);
  BOOST_TEST(resumed == 0);
}

BOOST_AUTO_TEST_SUITE_END()
