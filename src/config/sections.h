#pragma once

#include <map>
#include <string>

#include "config/config.h"
#include "config/files.h"

namespace penstock::config {

/// Readers of the top-level sections. `node` is the section, a null node where it is absent; what
/// is wrong goes to `diagnostics`, and the default stands in for it.

/// Looks whether the files of `tls` can be read, so it may block.
ServerOptions read_server(const Node& node, const Sources& sources, Diagnostics& diagnostics);
ControlOptions read_control(const Node& node, Diagnostics& diagnostics);

using Upstreams = std::map<std::string, UpstreamOptions>;
/// Reads the files that hold keys, so it may block.
Upstreams read_upstreams(const Node& node, const Sources& sources, Diagnostics& diagnostics);

/// The section `tls` of the server and that of an upstream. What the files hold is checked where
/// contexts are made of them.
TlsOptions read_server_tls(const Node& node, const Sources& sources, Diagnostics& diagnostics);
TlsOptions read_upstream_tls(const Node& node, const Sources& sources, Diagnostics& diagnostics);

using Models = std::map<std::string, penstock::Target>;
/// Checks that each model's upstream exists. Absent: the only upstream serves every model.
Models read_models(const Node& node, const Upstreams& upstreams, Diagnostics& diagnostics);

/// Looks whether the files can be read, so it may block. What they hold is checked where tables are
/// made of them.
ModelDataFiles read_model_data(const Node& node, const Sources& sources, Diagnostics& diagnostics);

/// The chain's list without `auth: none`.
struct ChainList {
  Node list;
  bool auth_none = false;
  bool has_auth = false;  // some item is named `auth` and is not `auth: none`
};
/// Absent: the default chain, log and json_schema; `auth: none` with it where `on_loopback`.
ChainList read_chain(const Node& node, bool on_loopback, Diagnostics& diagnostics);

}  // namespace penstock::config
