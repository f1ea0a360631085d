#include <cstring>
#include <utility>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "runtime/tls.h"
#include "runtime/tls_stream.h"

namespace penstock::runtime {

namespace {

/// True when a file could be read, and nothing of the wanted kind was found in it.
bool found_nothing(unsigned long code) {
  const int reason = ERR_GET_REASON(code);
  switch (ERR_GET_LIB(code)) {
    case ERR_LIB_PEM:
      return reason == PEM_R_NO_START_LINE;
    case ERR_LIB_X509:
      return reason == X509_R_NO_CERTIFICATE_OR_CRL_FOUND;
    default:
      return code == 0 || ERR_GET_LIB(code) == ERR_LIB_OSSL_DECODER;
  }
}

/// What OpenSSL has against a file. The oldest of its errors is the cause of the others.
Error file_failure(const char* setting, const std::string& file, const std::string& expected) {
  const unsigned long code = ::ERR_get_error();
  ::ERR_clear_error();
  Error error;
  error.param = setting;
  if (ERR_SYSTEM_ERROR(code)) {
    error.detail = "cannot read `" + file + "`: " + openssl_reason(code);
  } else if (found_nothing(code)) {
    error.detail = "`" + file + "` holds no " + expected + " in PEM form";
  } else {
    error.detail = "`" + file + "` does not serve as " + expected + ": " + openssl_reason(code);
  }
  return error;
}

/// OpenSSL would ask the terminal for the passphrase of a key; nobody sits there.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

Result<void> use_certificate(SSL_CTX* context, const TlsOptions& options) {
  ::SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  if (::SSL_CTX_use_certificate_chain_file(context, options.certificate_file.c_str()) != 1) {
    return file_failure("certificate_file", options.certificate_file, "certificate");
  }
  const char* const key_file = options.key_file.c_str();
  const bool has_key = ::SSL_CTX_use_PrivateKey_file(context, key_file, SSL_FILETYPE_PEM) == 1;
  const bool other_key = ERR_GET_LIB(::ERR_peek_last_error()) == ERR_LIB_X509;
  if (!has_key && !other_key) {
    return file_failure("key_file", options.key_file, "private key without a passphrase");
  }
  if (has_key && ::SSL_CTX_check_private_key(context) == 1) return {};
  ::ERR_clear_error();
  Error error;
  error.param = "key_file";
  error.detail = "the key in `" + options.key_file + "` is not the one of the certificate in `" +
                 options.certificate_file + "`";
  return error;
}

Result<void> trust_clients_of(SSL_CTX* context, const TlsOptions& options) {
  const char* const file = options.ca_file.c_str();
  // The names that are sent to clients, so that they can choose among their certificates.
  STACK_OF(X509_NAME)* const names = ::SSL_load_client_CA_file(file);
  if (names == nullptr || ::SSL_CTX_load_verify_locations(context, file, nullptr) != 1) {
    return file_failure("client_ca_file", options.ca_file, "certificate");
  }
  ::SSL_CTX_set_client_CA_list(context, names);
  const bool required = options.client_certificate == TlsOptions::ClientCertificate::kRequired;
  const int missing = required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
  ::SSL_CTX_set_verify(context, SSL_VERIFY_PEER | missing, nullptr);
  return {};
}

/// Chooses http/1.1 among what a client offers. One that offers other things only would not
/// understand us: RFC 7301 section 3.2 wants it refused.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
  static constexpr unsigned char kOurs[] = "\x08http/1.1";
  unsigned char* found = nullptr;
  const int result =
      ::SSL_select_next_proto(&found, chosen_size, kOurs, sizeof kOurs - 1, offered, offered_size);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void set_common(SSL_CTX* context, const TlsOptions& options) {
  const bool newest = options.min_version == TlsOptions::Version::k1_3;
  ::SSL_CTX_set_min_proto_version(context, newest ? TLS1_3_VERSION : TLS1_2_VERSION);
  ::SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  ::SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
}

Error no_context() {
  Error error = internal_error("cannot make a TLS context: " + openssl_reason(::ERR_get_error()));
  ::ERR_clear_error();
  return error;
}

}  // namespace

Result<std::shared_ptr<TlsContext>> TlsContext::for_client(const TlsOptions& options) {
  SSL_CTX* const raw = ::SSL_CTX_new(::TLS_client_method());
  if (raw == nullptr) return no_context();
  std::shared_ptr<TlsContext> context(new TlsContext(raw));
  ::ERR_clear_error();
  set_common(raw, options);
  ::SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nullptr);
  const std::string& ca_file = options.ca_file;
  const int loaded = ca_file.empty()
                         ? ::SSL_CTX_set_default_verify_paths(raw)
                         : ::SSL_CTX_load_verify_locations(raw, ca_file.c_str(), nullptr);
  if (loaded != 1) {
    return file_failure("ca_file", ca_file.empty() ? "the system's store" : ca_file, "certificate");
  }
  if (!options.certificate_file.empty()) TRY_VOID(use_certificate(raw, options));
  return context;
}

Result<std::shared_ptr<TlsContext>> TlsContext::for_server(const TlsOptions& options) {
  SSL_CTX* const raw = ::SSL_CTX_new(::TLS_server_method());
  if (raw == nullptr) return no_context();
  std::shared_ptr<TlsContext> context(new TlsContext(raw));
  ::ERR_clear_error();
  set_common(raw, options);
  ::SSL_CTX_set_cipher_list(raw, "ECDHE+AESGCM:ECDHE+CHACHA20");  // of TLS 1.2
  ::SSL_CTX_set_alpn_select_cb(raw, choose_protocol, nullptr);
  // Tickets resume sessions without any memory here. Where certificates are asked for, OpenSSL
  // resumes nothing without a context's name.
  ::SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  static constexpr unsigned char kName[] = "penstock";
  ::SSL_CTX_set_session_id_context(raw, kName, sizeof kName - 1);
  TRY_VOID(use_certificate(raw, options));
  if (!options.ca_file.empty()) TRY_VOID(trust_clients_of(raw, options));
  return context;
}

TlsContext::~TlsContext() {
  ::SSL_CTX_free(context_);
}

}  // namespace penstock::runtime
