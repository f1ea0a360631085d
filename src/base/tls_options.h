#pragma once

#include <string>

namespace penstock {

/// How one side of a TLS connection is to be made; all files are PEM. A value; the files are read
/// when runtime::TlsContext is made from it.
struct TlsOptions {
  enum class Version { k1_2, k1_3 };
  /// What becomes of a client that shows no certificate; one that shows a bad one never gets in.
  enum class ClientCertificate { kRequired, kOptional };

  /// Trusted authorities. Client: empty means the system's store. Server: empty means that no
  /// certificate is asked for.
  std::string ca_file;
  std::string certificate_file;  // the leaf first, then what leads to the authority
  std::string key_file;
  Version min_version = Version::k1_2;
  ClientCertificate client_certificate = ClientCertificate::kRequired;  // server, with ca_file

  bool operator==(const TlsOptions&) const = default;
};

}  // namespace penstock
