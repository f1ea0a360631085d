#include "base/tls_options.h"

#include "config/sections.h"

namespace penstock::config {

namespace {

using Version = TlsOptions::Version;

/// What both sides know, under the same names.
void read_own_certificate(MapReader& map, const Sources& sources, TlsOptions& tls) {
  tls.certificate_file = read_path(map, "certificate_file", sources);
  tls.key_file = read_path(map, "key_file", sources);
  tls.min_version =
      map.choice("min_version", {"1.2", "1.3"}, 0) == 0 ? Version::k1_2 : Version::k1_3;
}

/// Of two settings that serve together only.
void check_pair(MapReader& map, const char* one, const char* other) {
  const Node* node = map.find(one);
  if (node == nullptr || map.find(other) != nullptr) return;
  map.diagnostics().error(*node, "`" + std::string(one) + "` needs `" + other + "` beside it");
}

}  // namespace

TlsOptions read_server_tls(const Node& node, const Sources& sources, Diagnostics& diagnostics) {
  using ClientCertificate = TlsOptions::ClientCertificate;
  TlsOptions tls;
  MapReader map(node, diagnostics);
  map.required("certificate_file");
  map.required("key_file");
  read_own_certificate(map, sources, tls);
  tls.ca_file = read_path(map, "client_ca_file", sources);
  tls.client_certificate = map.choice("client_certificate", {"required", "optional"}, 0) == 0
                               ? ClientCertificate::kRequired
                               : ClientCertificate::kOptional;
  check_pair(map, "client_certificate", "client_ca_file");
  return tls;
}

TlsOptions read_upstream_tls(const Node& node, const Sources& sources, Diagnostics& diagnostics) {
  TlsOptions tls;
  MapReader map(node, diagnostics);
  tls.ca_file = read_path(map, "ca_file", sources);
  read_own_certificate(map, sources, tls);
  check_pair(map, "certificate_file", "key_file");
  check_pair(map, "key_file", "certificate_file");
  return tls;
}

}  // namespace penstock::config
