#include "chain/chain.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <string>
#include <utility>

namespace penstock {

namespace {

/// A layer with where it was written, while the chain is being put together.
struct Placed {
  std::string_view name;
  const config::Node* node;
  Layer layer;
};

std::string backquoted(std::string_view name) {
  return "`" + std::string(name) + "`";
}

/// Why a layer rests on a fact, and who usually establishes it.
struct FactWords {
  const char* need;
  const char* usual_provider;
};
FactWords words(Fact fact) {
  switch (fact) {
    case Fact::kPrincipal:
      return {"needs to know who asks", "auth"};
  }
  std::abort();
}

bool provides(const Layer& layer, Fact fact) {
  return std::find(layer.provides.begin(), layer.provides.end(), fact) != layer.provides.end();
}

std::string unknown_name(std::string_view name, std::span<const InterceptorKind> kinds) {
  std::vector<std::string> known;
  for (const InterceptorKind& kind : kinds) known.emplace_back(kind.name);
  std::string message = "unknown interceptor " + backquoted(name);
  if (const auto near = config::nearest(name, known)) {
    return message + "; did you mean " + backquoted(*near) + "?";
  }
  message += "; known ones are";
  for (const std::string& each : known) message += (&each == &known.front() ? " " : ", ") + each;
  return message;
}

/// Name and options of an item: `- log` or `- log: {...}`. Without a name: it is neither.
struct Item {
  const config::Node* name = nullptr;
  config::Node options;
};
Item read_item(const config::Node& item) {
  if (item.kind == config::Node::Kind::kScalar) {
    config::Node none;
    none.where = item.where;
    none.path = item.path + "." + item.scalar;
    return {&item, std::move(none)};
  }
  if (item.kind != config::Node::Kind::kMap || item.members.size() != 1) return {};
  return {&item.members.front().first, item.members.front().second};
}

class Builder {
 public:
  Builder(std::span<const InterceptorKind> kinds, config::Diagnostics& diagnostics,
          const Services& services)
      : kinds_(kinds), diagnostics_(&diagnostics), services_(&services) {}

  void add(const config::Node& node) {
    const Item item = read_item(node);
    if (!item.name) {
      diagnostics_->error(node,
                          "expected a name, or a map of one name to its options such as "
                          "`- log: {records: [exchange]}`");
      return;
    }
    const std::string_view name = item.name->scalar;
    const auto kind = std::find_if(kinds_.begin(), kinds_.end(),
                                   [name](const InterceptorKind& k) { return k.name == name; });
    if (kind == kinds_.end()) {
      diagnostics_->error(*item.name, unknown_name(name, kinds_));
    } else if (const Placed* earlier = find(name)) {
      diagnostics_->error(*item.name, backquoted(name) + " stands in the chain already, in line " +
                                          std::to_string(earlier->node->where.line) +
                                          "; put all its options there");
    } else {
      placed_.push_back({kind->name, item.name, create(*kind, *item.name, item.options)});
    }
  }

  void check_order() const {
    for (std::size_t at = 0; at < placed_.size(); ++at) {
      for (const Fact fact : placed_[at].layer.needs) check_fact(at, fact);
    }
  }

  std::vector<Placed> take() { return std::move(placed_); }

 private:
  const Placed* find(std::string_view name) const {
    const auto found = std::find_if(placed_.begin(), placed_.end(),
                                    [name](const Placed& placed) { return placed.name == name; });
    return found == placed_.end() ? nullptr : &*found;
  }

  Layer create(const InterceptorKind& kind, const config::Node& at, const config::Node& options) {
    const std::size_t errors_before = diagnostics_->list().size();
    Layer layer = kind.create(options, *diagnostics_, *services_);
    // A layer must not fall out of the chain in silence.
    if (!layer.interceptor && diagnostics_->list().size() == errors_before) {
      diagnostics_->error(at, backquoted(kind.name) + " could not be made");
    }
    return layer;
  }

  void check_fact(std::size_t at, Fact fact) const {
    const auto here = placed_.begin() + static_cast<std::ptrdiff_t>(at);
    const auto gives = [fact](const Placed& placed) { return provides(placed.layer, fact); };
    if (std::any_of(placed_.begin(), here, gives)) return;

    const Placed& layer = *here;
    const std::string start = backquoted(layer.name) + " " + words(fact).need;
    const auto later = std::find_if(here, placed_.end(), gives);
    if (later == placed_.end()) {
      diagnostics_->error(*layer.node, start + ", but nothing in the chain tells; put " +
                                           backquoted(words(fact).usual_provider) + " before it");
    } else {
      diagnostics_->error(*layer.node, start + " but stands before " + backquoted(later->name) +
                                           "; move it behind " + backquoted(later->name));
    }
  }

  std::span<const InterceptorKind> kinds_;
  config::Diagnostics* diagnostics_;
  const Services* services_;
  std::vector<Placed> placed_;
};

}  // namespace

Chain Chain::build(const config::Node& list, std::span<const InterceptorKind> kinds,
                   config::Diagnostics& diagnostics, const Services& services) {
  Chain chain;
  if (list.kind == config::Node::Kind::kNull) return chain;
  if (list.kind != config::Node::Kind::kList) {
    diagnostics.error(list, "expected a list of interceptors, outermost first");
    return chain;
  }
  Builder builder(kinds, diagnostics, services);
  const std::size_t errors_before = diagnostics.list().size();
  for (const config::Node& item : list.items) builder.add(item);
  // A layer that could not be made tells no facts; complaints about the order would mislead.
  if (diagnostics.list().size() == errors_before) builder.check_order();
  if (diagnostics.list().size() != errors_before) return chain;

  for (Placed& placed : builder.take()) {
    chain.authenticates_ |= provides(placed.layer, Fact::kPrincipal);
    std::move(placed.layer.files.begin(), placed.layer.files.end(),
              std::back_inserter(chain.files_));
    std::move(placed.layer.limits.begin(), placed.layer.limits.end(),
              std::back_inserter(chain.limits_));
    chain.layers_.push_back(std::move(placed.layer.interceptor));
  }
  return chain;
}

}  // namespace penstock
