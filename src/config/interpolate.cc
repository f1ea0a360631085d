#include "config/interpolate.h"

#include <algorithm>

#include "config/diagnostics.h"
#include "config/yaml.h"

namespace penstock::config {

namespace {

bool is_variable_name(std::string_view name) {
  const bool starts_well = !name.empty() && !(name.front() >= '0' && name.front() <= '9');
  return starts_well && std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_';
         });
}

class Interpolation {
 public:
  Interpolation(const Sources& sources, Diagnostics& diagnostics)
      : sources_(sources), diagnostics_(&diagnostics) {}

  void visit(Node& node);  // recursive; a tree is at most kMaxDepth deep

 private:
  Result<std::string> complete(const Node& node) const;
  Result<std::string> value_of(const Node& node, std::string_view expression) const;
  Result<std::string> value_of_file(const Node& node, std::string_view path) const;
  Result<std::string> value_of_variable(std::string_view name, std::string_view rest) const;

  Sources sources_;
  Diagnostics* diagnostics_;
  std::size_t bytes_ = 0;
};

void Interpolation::visit(Node& node) {
  for (Node& item : node.items) visit(item);
  for (auto& [key, value] : node.members) visit(value);
  if (bytes_ > kMaxTextBytes || node.scalar.find('$') == std::string::npos) return;
  auto text = complete(node);
  if (!text) {
    diagnostics_->error(node, std::move(text.error().public_message));
    return;
  }
  node.scalar = std::move(*text);
  bytes_ += node.scalar.size();
  if (bytes_ > kMaxTextBytes) diagnostics_->error(node, "more than 16 MiB of interpolated text");
}

Result<std::string> Interpolation::complete(const Node& node) const {
  std::string done;
  std::string_view rest = node.scalar;
  while (true) {
    const std::size_t dollar = rest.find('$');
    done += rest.substr(0, dollar);
    if (dollar == std::string_view::npos) return done;
    rest.remove_prefix(dollar + 1);
    if (rest.starts_with('{')) {
      const std::size_t end = rest.find('}');
      if (end == std::string_view::npos) {
        return failure("`${` is not closed by `}`; write `$$` for a dollar sign");
      }
      done += TRY(value_of(node, rest.substr(1, end - 1)));
      if (done.size() > kMaxTextBytes) return failure("more than 16 MiB of interpolated text");
      rest.remove_prefix(end + 1);
    } else {
      done += '$';
      if (rest.starts_with('$')) rest.remove_prefix(1);
    }
  }
}

Result<std::string> Interpolation::value_of(const Node& node, std::string_view expression) const {
  if (expression.find("${") != std::string_view::npos) {
    return failure("`${` inside of `${...}` is not supported");
  }
  constexpr std::string_view kFile = "file:";
  if (expression.starts_with(kFile)) return value_of_file(node, expression.substr(kFile.size()));
  const std::size_t colon = std::min(expression.find(':'), expression.size());
  return value_of_variable(expression.substr(0, colon), expression.substr(colon));
}

Result<std::string> Interpolation::value_of_file(const Node& node, std::string_view path) const {
  if (path.empty()) return failure("`${file:}` names no file");
  const std::string resolved = resolve_path(node, path);
  sources_.files.add(resolved);
  auto text = read_secret_file(resolved);
  if (!text) return failure("cannot read `" + resolved + "`: " + text.error().public_message);
  return text;
}

Result<std::string> Interpolation::value_of_variable(std::string_view variable,
                                                     std::string_view rest) const {
  const std::string name(variable);
  const bool known_form = rest.empty() || rest.starts_with(":-") || rest.starts_with(":?");
  if (!is_variable_name(name) || !known_form) {
    return failure(
        "expected ${VAR}, ${VAR:-default}, ${VAR:?message} or ${file:PATH}; write `$$` for a "
        "dollar sign");
  }
  auto value = sources_.environment(name);
  if (value && (rest.empty() || !value->empty())) return std::move(*value);
  if (rest.starts_with(":-")) return std::string(rest.substr(2));
  const std::string state = value ? "empty" : "not set";
  if (rest.size() > 2) {
    return failure("environment variable `" + name + "` is " + state + ": " +
                   std::string(rest.substr(2)));
  }
  return failure("environment variable `" + name + "` is " + state + "; set it, or write ${" +
                 name + ":-default}");
}

}  // namespace

void interpolate(Node& node, const Sources& sources, Diagnostics& diagnostics) {
  Interpolation(sources, diagnostics).visit(node);
}

}  // namespace penstock::config
