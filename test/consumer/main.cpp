#include <cstdio>
#include <curfew/version.hpp>

int main() { std::puts(CURFEW_VERSION_STRING); }
