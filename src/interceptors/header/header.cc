#include "interceptors/header/header.h"

#include <string>
#include <utility>

namespace penstock {

namespace {

using header::Edits;
using header::Placeholder;

constexpr std::size_t kMaxValueBytes = 4096;

void apply(const Edits& edits, const Exchange& x, Headers& headers) {
  for (const std::string& name : edits.remove) headers.remove(name);
  for (const Edits::Rename& rename : edits.rename) headers.rename(rename.from, rename.to);
  std::string room;
  for (const Edits::Value& each : edits.set) {
    const std::string_view value = each.value.render(x, room);
    // What the client sent under that name must not pass for what was meant to be set.
    if (value.size() > kMaxValueBytes || !headers.set(each.name, value)) headers.remove(each.name);
  }
  for (const Edits::Value& each : edits.add) {
    const std::string_view value = each.value.render(x, room);
    if (value.size() <= kMaxValueBytes) headers.add(each.name, value);
  }
}

bool needs_facts(const Edits& edits) {
  return edits.uses(Placeholder::kModel) || edits.uses(Placeholder::kUpstream);
}

}  // namespace

Header::Header(header::Options options)
    : options_(std::move(options)), request_needs_facts_(needs_facts(options_.request)) {}

Result<Response> Header::handle(Exchange& x, Next next) const {
  // First of all, so that it also applies to the errors below. The chain outlives its exchanges.
  if (!options_.response.empty()) {
    x.on_answer([this, &x](Headers& headers) { apply(options_.response, x, headers); });
  }
  // A body that has none is refused further in, where the log sees it.
  if (request_needs_facts_) (void)x.facts();
  apply(options_.request, x, x.request.headers);
  return next(x);
}

Layer make_header(const config::Node& options, config::Diagnostics& diagnostics, const Services&) {
  const std::size_t errors_before = diagnostics.list().size();
  header::Options parsed = header::Options::parse(options, diagnostics);
  if (diagnostics.list().size() != errors_before) return {};
  Layer layer;
  if (parsed.request.uses(Placeholder::kKey)) layer.needs.push_back(Fact::kPrincipal);
  layer.interceptor = std::make_unique<Header>(std::move(parsed));
  return layer;
}

}  // namespace penstock
