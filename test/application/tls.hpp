#ifndef CURFEW_TEST_APPLICATION_TLS_HPP
#define CURFEW_TEST_APPLICATION_TLS_HPP

#include "connections.hpp"

#include <boost/asio/ssl.hpp>
#include <memory>
#include <openssl/evp.h>
#include <openssl/x509.h>

namespace ssl = asio::ssl;

/// A server's context with a key and a certificate that were made for this run.
class self_signed {
  template <class T>
  using freed = std::unique_ptr<T, void (*)(T*)>;

 public:
  self_signed() {
    freed<EVP_PKEY_CTX> maker(EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nullptr), EVP_PKEY_CTX_free);
    EVP_PKEY* made = nullptr;
    BOOST_REQUIRE(EVP_PKEY_keygen_init(maker.get()) == 1);
    BOOST_REQUIRE(EVP_PKEY_CTX_set_ec_paramgen_curve_nid(maker.get(), NID_X9_62_prime256v1) == 1);
    BOOST_REQUIRE(EVP_PKEY_keygen(maker.get(), &made) == 1);
    freed<EVP_PKEY> const key(made, EVP_PKEY_free);

    freed<X509> const certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    BOOST_REQUIRE(X509_sign(certificate.get(), key.get(), EVP_sha256()) != 0);

    BOOST_REQUIRE(SSL_CTX_use_certificate(server.native_handle(), certificate.get()) == 1);
    BOOST_REQUIRE(SSL_CTX_use_PrivateKey(server.native_handle(), key.get()) == 1);
  }

  ssl::context server{ssl::context::tls_server};
  ssl::context client{ssl::context::tls_client};  ///< Trusts everybody.
};

inline self_signed& certificates() {
  static self_signed made;
  return made;
}

/// A connection with TLS on both ends.
template <class Stream>
struct tls_ends {
  explicit tls_ends(asio::io_context& context) : tls_ends(ends_of_a_connection(context)) {}
  explicit tls_ends(ends_of_a_connection below)
      : ours(std::move(below.ours), certificates().server),
        theirs(std::move(below.theirs), certificates().client) {}

  awaitable<> shake_hands() {
    auto const both = co_await curfew::gather(
        ours.async_handshake(ssl::stream_base::server, asio::use_awaitable),
        theirs.async_handshake(ssl::stream_base::client, asio::use_awaitable));
    (void)both;
  }

  Stream ours, theirs;
};

#endif
