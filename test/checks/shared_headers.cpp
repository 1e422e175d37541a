// The library's headers and the kit's with the attributes of a shared library, which those of a
// static one do not have.

#include <curfew/curfew.hpp>
#include <curfew/testing/testing.hpp>

static_assert(CURFEW_SHARED == 1);
