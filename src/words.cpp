#include <curfew/detail/words.hpp>

#include <cstdio>
#include <string_view>

namespace curfew::detail {

std::string in_words(clock::duration duration) {
  using namespace std::chrono;
  if (duration == clock::duration::max()) return "for ever";
  if (duration < clock::duration::zero()) return "-" + in_words(-duration);
  if (duration < seconds(1)) return std::to_string(round<milliseconds>(duration).count()) + " ms";
  if (duration < minutes(1)) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f s", std::chrono::duration<double>(duration).count());
    return text;
  }
  auto const whole = round<seconds>(duration).count();
  if (duration < hours(1))
    return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
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

}  // namespace curfew::detail
