#include "config/diagnostics.h"

#include <algorithm>
#include <tuple>

#include <nlohmann/json.hpp>

#include "config/config.h"

namespace penstock::config {

void Diagnostics::error(const Node& at, std::string message) {
  list_.push_back({at.where, at.path, std::move(message)});
}

void Diagnostics::error(Diagnostic diagnostic) {
  list_.push_back(std::move(diagnostic));
}

void Diagnostics::warning(const Node& at, std::string message) {
  warnings_.push_back({at.where, at.path, std::move(message), Diagnostic::Severity::kWarning});
}

std::vector<Diagnostic> sorted(const Diagnostics& diagnostics) {
  std::vector<Diagnostic> list = diagnostics.list();
  list.insert(list.end(), diagnostics.warnings().begin(), diagnostics.warnings().end());
  const auto place = [](const Diagnostic& one) {
    return std::tie(one.where.file, one.where.line, one.where.column);
  };
  std::stable_sort(list.begin(), list.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) { return place(a) < place(b); });
  return list;
}

std::string place_of(const Diagnostic& diagnostic) {
  const Location& where = diagnostic.where;
  if (where.line <= 0) return where.file;
  return where.file + ":" + std::to_string(where.line) + ":" + std::to_string(where.column);
}

std::string words_of(const Diagnostic& diagnostic) {
  const std::string path = diagnostic.path.empty() ? "" : diagnostic.path + ": ";
  const bool warns = diagnostic.severity == Diagnostic::Severity::kWarning;
  return path + (warns ? "warning: " : "") + diagnostic.message;
}

std::string to_text(const Diagnostics& diagnostics) {
  std::string text;
  for (const Diagnostic& one : sorted(diagnostics)) {
    text += place_of(one) + ": ";
    text += words_of(one) + "\n";
  }
  return text;
}

std::string to_json(const Diagnostics& diagnostics) {
  nlohmann::ordered_json errors = nlohmann::ordered_json::array();
  nlohmann::ordered_json warnings = nlohmann::ordered_json::array();
  for (const Diagnostic& one : sorted(diagnostics)) {
    auto& list = one.severity == Diagnostic::Severity::kWarning ? warnings : errors;
    list.push_back({{"file", one.where.file},
                    {"line", one.where.line},
                    {"column", one.where.column},
                    {"path", one.path},
                    {"message", one.message}});
  }
  nlohmann::ordered_json report{{"valid", diagnostics.ok()}, {"errors", std::move(errors)}};
  if (!warnings.empty()) report["warnings"] = std::move(warnings);
  // A file name may hold any bytes.
  return report.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::optional<std::string_view> line_of(std::string_view text, int number) {
  for (int line = 1; line < number; ++line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

Error failure(std::string message) {
  Error error;
  error.public_message = std::move(message);
  return error;
}

std::string quoted_list(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " and " : ", ";
    text += "`" + words[i] + "`";
  }
  return text;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
  if (known.empty()) return "none is known here";
  if (const auto likely = nearest(word, known)) return "did you mean `" + *likely + "`?";
  return "known: " + quoted_list(known);
}

}  // namespace penstock::config
