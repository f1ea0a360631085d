#pragma once

#include <span>
#include <string_view>

#include "penstock/result.h"

namespace penstock::control {

/// Who may ask.
enum class Audience {
  kEverybody,  // who can connect: load balancers and container runtimes hold no key
  kOperators,  // see AccessPolicy
};

/// What is made of a request's body.
enum class Body {
  kIgnored,
  kText,  // taken as it is, so it cannot be a form
};

/// A path of the control plane. Handlers has an answer for each of them.
struct Endpoint {
  std::string_view path;
  std::string_view methods;  // as in `allow`: "GET, HEAD"
  Audience audience;
  Body body;
};

/// All of them. Thread-safe, as all here.
std::span<const Endpoint> endpoints() noexcept;

/// The endpoint at a canonical path. Error: kNotFound; the message names what there is.
Result<const Endpoint*> find_endpoint(std::string_view path);

/// Error: kMethodNotAllowed, with the methods that are allowed in `detail`.
Result<void> check_method(const Endpoint& endpoint, std::string_view method);

}  // namespace penstock::control
