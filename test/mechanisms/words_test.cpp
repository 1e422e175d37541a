#include <curfew/detail/words.hpp>
#include <stdexcept>
#include <string>

#include "../support.hpp"

BOOST_AUTO_TEST_SUITE(words)

namespace {

std::string said(curfew::clock::duration duration) { return curfew::detail::in_words(duration); }
std::string said(std::source_location const& where) { return curfew::detail::in_words(where); }
template <class Error>
std::string words_of(Error error) {
  return curfew::detail::in_words(std::make_exception_ptr(error));
}

// Below, where the lines are no longer those of this file.
std::source_location on_unix();
std::source_location on_windows();
std::source_location bare();

}  // namespace

BOOST_AUTO_TEST_CASE(a_duration_has_the_unit_that_fits) {
  BOOST_TEST(said(0s) == "0 ms");
  BOOST_TEST(said(1ns) == "0 ms");
  BOOST_TEST(said(120ms) == "120 ms");
  BOOST_TEST(said(999ms) == "999 ms");
  BOOST_TEST(said(1s) == "1.0 s");
  BOOST_TEST(said(3400ms) == "3.4 s");
  BOOST_TEST(said(59900ms) == "59.9 s");
  BOOST_TEST(said(1min) == "1 min 0 s");
  BOOST_TEST(said(125s) == "2 min 5 s");
  BOOST_TEST(said(1h) == "1 h 0 min");
  BOOST_TEST(said(3h + 20min) == "3 h 20 min");
  BOOST_TEST(said(100h) == "100 h 0 min");
}

BOOST_AUTO_TEST_CASE(what_is_rounded_up_has_the_next_unit) {
  BOOST_TEST(said(999'500us) == "1.0 s");
  BOOST_TEST(said(59'960ms) == "1 min 0 s");
  BOOST_TEST(said(59min + 59'700ms) == "1 h 0 min");
  BOOST_TEST(said(89'600ms) == "1 min 30 s");
}

BOOST_AUTO_TEST_CASE(a_negative_duration_has_a_sign) {
  BOOST_TEST(said(-3s) == "-3.0 s");
  BOOST_TEST(said(-2h) == "-2 h 0 min");
}

BOOST_AUTO_TEST_CASE(the_ends_of_time_have_words) {
  BOOST_TEST(said(curfew::clock::duration::max()) == "for ever");
  BOOST_TEST(said(curfew::clock::duration::max() - 1ns) == "2562047 h 47 min");
  BOOST_TEST(said(curfew::clock::duration::min()) == "-2562047 h 47 min");
  BOOST_TEST(said(-curfew::clock::duration::max()) == "-2562047 h 47 min");
}

BOOST_AUTO_TEST_CASE(a_place_is_a_file_without_its_folders_and_a_line) {
  BOOST_TEST(said(on_unix()) == "server.cpp:41");
  BOOST_TEST(said(on_windows()) == "server.cpp:42");
  BOOST_TEST(said(bare()) == "server.cpp:43");
}

BOOST_AUTO_TEST_CASE(a_place_that_is_not_known_has_no_words) {
  BOOST_TEST(said(std::source_location()) == "");
}

BOOST_AUTO_TEST_CASE(an_error_says_what_it_says_of_itself) {
  BOOST_TEST(words_of(std::runtime_error("out of paper")) == "out of paper");
  BOOST_TEST(words_of(7) == "an exception that is no std::exception");
  BOOST_TEST(curfew::detail::in_words(std::exception_ptr()) == "");
}

namespace {

#line 41 "/somewhere/else/server.cpp"
std::source_location on_unix() { return std::source_location::current(); }
#line 42 "C:\\somewhere\\server.cpp"
std::source_location on_windows() { return std::source_location::current(); }
#line 43 "server.cpp"
std::source_location bare() { return std::source_location::current(); }

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
