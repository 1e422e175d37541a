// expect: curfew: what a queue holds is a movable object: not a reference, not const
#include <curfew/curfew.hpp>
#include <mutex>

void use() { curfew::queue<std::mutex> immovable; }
