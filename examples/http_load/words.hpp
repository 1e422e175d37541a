#ifndef HTTP_LOAD_WORDS_HPP
#define HTTP_LOAD_WORDS_HPP

#include <boost/system/system_error.hpp>
#include <exception>
#include <string>

namespace http_load {

/// What an exception says, without the place where it was thrown.
inline std::string in_words(std::exception_ptr const& error) {
  try {
    std::rethrow_exception(error);
  } catch (boost::system::system_error const& known) {
    return known.code().message();
  } catch (std::exception const& known) {
    return known.what();
  } catch (...) {
    return "something unknown";
  }
}

}  // namespace http_load

#endif
