#ifndef CURFEW_TEST_CONFORMANCE_CONFORMANCE_HPP
#define CURFEW_TEST_CONFORMANCE_CONFORMANCE_HPP

#include "../support.hpp"

/// A case of the conformance suite, named as a sentence. `--run_test=@WF-01` runs it alone, and the
/// table in this folder's README is made from the ids.
#define CONFORMS(id, name) BOOST_AUTO_TEST_CASE(name, *boost::unit_test::label(id))

/// A further case of a row, which the table shows by its first: in every order of what happens at
/// one instant, or asked to stop after every step.
#define ALSO_CONFORMS(id, name) CONFORMS(id, name)

#endif
