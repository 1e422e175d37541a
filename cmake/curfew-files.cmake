# Every header and source of the libraries, relative to the root; a test compares the
# lists with the folders.

set(CURFEW_HEADERS
    include/curfew/cancellation_reason.hpp
    include/curfew/checkpoint.hpp
    include/curfew/clock.hpp
    include/curfew/curfew.hpp
    include/curfew/error.hpp
    include/curfew/fwd.hpp
    include/curfew/move_on_after.hpp
    include/curfew/operation.hpp
    include/curfew/outcome.hpp
    include/curfew/sleep.hpp
    include/curfew/this_task.hpp
    include/curfew/timeout.hpp
    include/curfew/timeout_scope.hpp
    include/curfew/wait_for.hpp

    include/curfew/impl/move_on.hpp
    include/curfew/impl/scope.hpp
    include/curfew/impl/searching_handler.hpp
    include/curfew/impl/settle.hpp
    include/curfew/impl/sleep.hpp
    include/curfew/impl/wait_for.hpp
    include/curfew/impl/wait_op.hpp

    include/curfew/detail/adopt.hpp
    include/curfew/detail/associated_stack.hpp
    include/curfew/detail/check.hpp
    include/curfew/detail/completion.hpp
    include/curfew/detail/context_executor.hpp
    include/curfew/detail/deadline_node.hpp
    include/curfew/detail/deadline_service.hpp
    include/curfew/detail/handler_executor.hpp
    include/curfew/detail/inline_depth.hpp
    include/curfew/detail/kept_arguments.hpp
    include/curfew/detail/limit.hpp
    include/curfew/detail/region.hpp
    include/curfew/detail/region_stack.hpp
    include/curfew/detail/result_traits.hpp
    include/curfew/detail/scoped_region.hpp
    include/curfew/detail/spin_lock.hpp
    include/curfew/detail/stack_table.hpp
    include/curfew/detail/timing_wheel.hpp
    include/curfew/detail/verdict.hpp)

set(CURFEW_SOURCES
    src/cancellation_reason.cpp
    src/check.cpp
    src/deadline_service.cpp
    src/error.cpp
    src/inline_depth.cpp
    src/region.cpp
    src/region_stack.cpp
    src/scope.cpp
    src/stack_table.cpp
    src/this_task.cpp
    src/timeout_scope.cpp
    src/timing_wheel.cpp)

set(CURFEW_TESTING_HEADERS
    include/curfew/testing/virtual_time.hpp)

set(CURFEW_TESTING_SOURCES
    src/testing/virtual_time.cpp)
