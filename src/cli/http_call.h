#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "penstock/result.h"
#include "penstock/secret.h"

#include "http/url.h"

namespace httplib {
class Client;
enum class Error;
}  // namespace httplib

namespace penstock::cli {

/// A server and how to get in.
struct Peer {
  http::Url url;
  Secret key;           // sent as the bearer token; empty: none is
  std::string ca_file;  // authorities of its certificate instead of the system's; may be empty
};

/// The key in a variable of the environment; an empty one where it is not set. Error: a header
/// cannot hold it.
Result<Secret> key_of_environment(const char* name);

/// The scheme and authority: "https://localhost:4000".
std::string origin_of(const http::Url& url);

struct Timeouts {
  std::chrono::seconds connect;
  std::chrono::seconds idle;  // without a byte of the answer
};

/// A client for one peer, not connected yet.
std::unique_ptr<httplib::Client> make_client(const Peer& peer, const Timeouts& timeouts);

/// Why there was no answer, in a sentence for the person who asked.
std::string explain(httplib::Error error, const Peer& peer);

struct Answer {
  int status = 0;
  std::string body;
};

enum class Method { kGet, kPost };

/// Asks for `path` below the URL, with an empty body. Blocks. A body of more than 4 MiB, or one
/// that takes longer than four times `timeouts.idle`, is no answer. Error: its public_message says
/// why there is none.
Result<Answer> call(const Peer& peer, Method method, const std::string& path,
                    const Timeouts& timeouts);

/// `error.message` of an answer in the OpenAI shape; else the beginning of its first line.
std::string message_of(const std::string& body);

}  // namespace penstock::cli
