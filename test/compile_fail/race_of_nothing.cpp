// expect: curfew: there is nothing to choose from
#include <curfew/race.hpp>

auto use() { return curfew::race(); }
