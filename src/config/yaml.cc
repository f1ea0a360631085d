#include "config/yaml.h"

#include <algorithm>
#include <simdjson.h>
#include <sstream>

#include <yaml-cpp/yaml.h>

#include "config/tree_builder.h"

namespace penstock::config {

namespace {

/// Notes whether there is anything.
class NextDocument final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override { start = mark; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

  YAML::Mark start;
};

/// The first line that is not UTF-8 or holds a NUL, which the parser would take for the end or read
/// as another encoding; 0: none.
int first_bad_line(std::string_view yaml) {
  int line = 1;
  while (!yaml.empty()) {
    const std::size_t end = std::min(yaml.find('\n'), yaml.size() - 1);
    const std::string_view text = yaml.substr(0, end + 1);
    const bool good = simdjson::validate_utf8(text.data(), text.size()) &&
                      text.find('\0') == std::string_view::npos;
    if (!good) return line;
    yaml.remove_prefix(text.size());
    ++line;
  }
  return 0;
}

/// The parser takes the end of the input for the closing quote when a line end precedes it; behind
/// a comment without a line end it does not.
std::string with_guard(std::string_view yaml) {
  std::string text(yaml);
  if (!text.ends_with('\n')) text += '\n';
  return text + '#';
}

bool is_indented_by_tab(std::string_view yaml, int line) {
  for (; line > 0; --line) yaml.remove_prefix(std::min(yaml.find('\n'), yaml.size() - 1) + 1);
  return yaml.substr(0, yaml.find_first_not_of(" \t")).find('\t') != std::string_view::npos;
}

/// What most likely has to be changed.
std::string hint(const YAML::Exception& problem, std::string_view yaml) {
  if (is_indented_by_tab(yaml, problem.mark.line)) return "; indent with spaces, not with tabs";
  if (problem.msg == YAML::ErrorMsg::END_OF_MAP) {
    return "; a colon is missing, or the line is indented unlike its neighbours";
  }
  if (problem.msg == YAML::ErrorMsg::MAP_VALUE) {
    return "; the line is indented unlike its neighbours, or a text with `: ` in it needs quotes";
  }
  return "";
}

/// False: the text could not be read to its end.
bool read_documents(const std::string& yaml, const Places& places, TreeBuilder& builder,
                    Diagnostics& diagnostics) {
  std::istringstream input(yaml);
  try {
    YAML::Parser parser(input);
    parser.HandleNextDocument(builder);
    NextDocument next;
    if (builder.overflowed()) return false;
    if (!parser.HandleNextDocument(next)) return true;
    diagnostics.error(
        {places.of(next.start), "", "a second YAML document; a configuration is one"});
  } catch (const YAML::Exception& problem) {
    if (builder.overflowed()) return false;
    diagnostics.error(
        {places.of(problem.mark), "", "syntax error: " + problem.msg + hint(problem, yaml)});
  }
  return false;
}

}  // namespace

std::optional<Node> parse_yaml(std::string_view yaml, std::string_view file,
                               Diagnostics& diagnostics) {
  const std::string name(file);
  if (yaml.size() > kMaxFileBytes) {
    diagnostics.error({{name, 0, 0}, "", "a configuration may be at most 1 MiB long"});
    return std::nullopt;
  }
  if (const int line = first_bad_line(yaml); line > 0) {
    diagnostics.error({{name, line, 1}, "", "this line is not UTF-8 text"});
    return std::nullopt;
  }
  const Places places(yaml, file);
  TreeBuilder builder(places, diagnostics);
  if (!read_documents(with_guard(yaml), places, builder, diagnostics)) return std::nullopt;
  Node root = builder.take_root();
  if (root.where.line == 0) root.where = {name, 1, 1};  // an empty document
  return root;
}

}  // namespace penstock::config
