#ifndef CURFEW_DETAIL_WORDS_HPP
#define CURFEW_DETAIL_WORDS_HPP

#include <curfew/clock.hpp>
#include <curfew/export.hpp>
#include <exception>
#include <source_location>
#include <string>
#include <string_view>

namespace curfew::detail {

/// `"120 ms"`, `"3.4 s"`, `"2 min 5 s"`, `"3 h 20 min"`; `"for ever"` for `max()`.
CURFEW_EXPORT std::string in_words(clock::duration duration);
/// `"server.cpp:41"`, without the folders; empty where the place is not known.
CURFEW_EXPORT std::string in_words(std::source_location const& where);
/// What an exception says of itself.
CURFEW_EXPORT std::string in_words(std::exception_ptr const& error);
/// What somebody else wrote, with its control characters as in C++: "a\nb".
CURFEW_EXPORT std::string in_one_line(std::string_view text);
/// The same in quotes, which is a string of JSON too.
CURFEW_EXPORT std::string in_quotes(std::string_view text);

}  // namespace curfew::detail

#endif
