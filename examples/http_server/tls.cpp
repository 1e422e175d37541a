#include "tls.hpp"

#include <stdexcept>

namespace http_server {

asio::ssl::context make_tls_context(std::string const& certificate, std::string const& key) {
  using asio::ssl::context;
  context made(context::tls_server);
  made.set_options(context::default_workarounds | context::no_tlsv1 | context::no_tlsv1_1);
  // A server has nobody who could be asked for the password of a key.
  made.set_password_callback([](std::size_t, context::password_purpose) { return std::string(); });
  auto const require = [](error_code error, char const* what, std::string const& file) {
    if (error) throw std::runtime_error(what + (" '" + file + "': ") + error.message());
  };
  error_code error;
  made.use_certificate_chain_file(certificate, error);
  require(error, "cannot use the certificate", certificate);
  made.use_private_key_file(key, context::pem, error);
  require(error, "cannot use the key", key);
  return made;
}

}  // namespace http_server
