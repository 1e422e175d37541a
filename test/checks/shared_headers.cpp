// The library's headers and the kit's with the attributes of a shared library, which those of a
// static one do not have, and amid macros that <windows.h> brings along.

#include <algorithm>
#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <functional>
#include <list>
#include <random>
#include <ranges>
#include <set>
#include <span>
#include <string>
#include <thread>

#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
#ifndef _WIN32
#define near
#define far
#define small char
#define interface struct
#define ERROR 0
#define IN
#define OUT
#define DELETE 0x00010000L
#define NO_ERROR 0L
#define TRUE 1
#define FALSE 0
#endif

#include <curfew/curfew.hpp>
#include <curfew/testing/testing.hpp>

static_assert(CURFEW_SHARED == 1);
