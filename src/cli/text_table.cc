#include "cli/text_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include <nlohmann/json.hpp>

#include "cli/json_text.h"
#include "cli/terminal.h"

namespace penstock::cli {

std::string cell(const nlohmann::json& json, std::initializer_list<const char*> path) {
  const nlohmann::json* value = find(json, path);
  if (value == nullptr || value->is_null() || value->is_structured()) return "-";
  const std::string text = value->is_string() ? value->get<std::string>() : value->dump();
  return text.empty() ? "-" : printable(text);
}

std::string table(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      if (i + 1 < row.size()) text += std::string(widths[i] - row[i].size() + 2, ' ');
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  return text;
}

std::string duration_text(double seconds) {
  struct Unit {
    double seconds;
    char letter;
  };
  constexpr std::array<Unit, 4> kUnits{{{86'400, 'd'}, {3'600, 'h'}, {60, 'm'}, {1, 's'}}};
  double rest = std::floor(std::clamp(seconds, 0.0, 1e12));
  std::string text;
  int shown = 0;
  for (const Unit& unit : kUnits) {
    const double count = std::floor(rest / unit.seconds);
    rest -= count * unit.seconds;
    if (shown > 0) ++shown;  // the second unit is the next one, whatever its count
    if (count > 0 && shown == 0) shown = 1;
    if (count > 0 && shown <= 2) {
      text +=
          (text.empty() ? "" : " ") + std::to_string(static_cast<long long>(count)) + unit.letter;
    }
  }
  return text.empty() ? "0s" : text;
}

}  // namespace penstock::cli
