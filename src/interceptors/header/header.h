#pragma once

#include "penstock/interceptor.h"

#include "chain/factory.h"
#include "interceptors/header/options.h"

namespace penstock {

/// Edits fields: of the request before it goes on, and of every answer, errors included, just
/// before it is written. A value may name the request, the key, the model or the upstream.
///
/// A value that comes out with a control byte in it or longer than 4 KiB, because of what stands
/// for a placeholder, is left out; a `set` then still removes what the client sent under that name.
/// A model or an upstream that is not known is empty: a body without one is refused by the layers
/// further in. Makes no errors of its own. Does not suspend. Thread-safe.
class Header final : public Interceptor {
 public:
  explicit Header(header::Options options);
  Result<Response> handle(Exchange& x, Next next) const override;

 private:
  const header::Options options_;
  const bool request_needs_facts_;
};

/// The factory; see header::Options. Needs the principal where a request edit uses {key}.
Layer make_header(const config::Node& options, config::Diagnostics& diagnostics,
                  const Services& services);

}  // namespace penstock
