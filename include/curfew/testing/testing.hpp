#ifndef CURFEW_TESTING_TESTING_HPP
#define CURFEW_TESTING_TESTING_HPP

/// \file
/// The whole test kit, but for `replace_new.hpp`, which belongs into one file of a program.

#include <curfew/testing/cancel_at_every_step.hpp>
#include <curfew/testing/fail_every_allocation.hpp>
#include <curfew/testing/manual_operation.hpp>
#include <curfew/testing/permute_same_tick.hpp>
#include <curfew/testing/run_test.hpp>
#include <curfew/testing/run_test_options.hpp>
#include <curfew/testing/test_failure.hpp>
#include <curfew/testing/virtual_time.hpp>

#endif
