#include <curfew/detail/words.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ratio>
#include <string_view>

namespace curfew::detail {

std::string in_words(clock::duration duration) {
  using namespace std::chrono;
  using tenths = std::chrono::duration<clock::rep, std::deci>;
  constexpr auto never = clock::duration::max();
  if (duration == never) return "for ever";
  if (duration < clock::duration::zero())
    return "-" + in_words(-std::max(duration, -(never - clock::duration(1))));
  duration = std::min(duration, never - seconds(1));  // there is room to round it
  // What is rounded up to the next unit is in that.
  if (auto const count = round<milliseconds>(duration).count(); count < 1000)
    return std::to_string(count) + " ms";
  if (auto const count = round<tenths>(duration).count(); count < 600)
    return std::to_string(count / 10) + '.' + std::to_string(count % 10) + " s";
  auto const whole = round<seconds>(duration).count();
  if (whole < 3600) return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
  return std::to_string(whole / 3600) + " h " + std::to_string(whole / 60 % 60) + " min";
}

std::string in_words(std::source_location const& where) {
  std::string_view file = where.file_name();
  if (file.empty() || where.line() == 0) return {};
  file.remove_prefix(file.find_last_of("/\\") + 1);  // npos + 1 is 0: a bare name stays whole
  return std::string(file) + ':' + std::to_string(where.line());
}

std::string in_words(std::exception_ptr const& error) {
  try {
    if (error) std::rethrow_exception(error);
    return {};
  } catch (std::exception const& known) {
    return known.what();
  } catch (...) {
    return "an exception that is no std::exception";
  }
}

namespace {

std::string escaped(std::string_view text, std::string_view also) {
  std::string safe;
  for (char const c : text) {
    auto const code = static_cast<unsigned char>(c);
    if (c == '\n') {
      safe += "\\n";
    } else if (c == '\t') {
      safe += "\\t";
    } else if (code < 0x20 || code == 0x7f) {
      char hex[8];
      std::snprintf(hex, sizeof hex, "\\u%04x", unsigned{code});
      safe += hex;
    } else {
      if (also.find(c) != std::string_view::npos) safe += '\\';
      safe += c;
    }
  }
  return safe;
}

}  // namespace

std::string in_one_line(std::string_view text) { return escaped(text, {}); }
std::string in_quotes(std::string_view text) { return '"' + escaped(text, "\"\\") + '"'; }

}  // namespace curfew::detail
