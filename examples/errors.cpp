// The errors of curfew and what they compare to.

#include <boost/asio/error.hpp>
#include <curfew/error.hpp>
#include <iostream>

int main() {
  //! [errc]
  boost::system::error_code const error = curfew::errc::timed_out;
  std::cout << error << ": " << error.message() << '\n';
  std::cout << (error == boost::system::errc::timed_out)  // the portable condition: yes
            << (error == boost::asio::error::timed_out)   // the system's ETIMEDOUT: no
            << curfew::is_timeout(error)                  // yes
            << curfew::is_cancellation(error) << '\n';    // never
  //! [errc]
}
