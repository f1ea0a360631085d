#include "money/model_data.h"

#include "config/files.h"
#include "config/yaml.h"

namespace penstock {

namespace {

/// `file` as a table of models, or the program's own.
template <class Table>
Table load_table(const std::string& file, config::Diagnostics& diagnostics) {
  if (file.empty()) return Table::builtin();
  const auto text = config::read_file(file, config::kMaxFileBytes);
  if (text) return Table::parse(*text, file, diagnostics);
  diagnostics.error({{file, 0, 0}, "", "cannot read the file: " + text.error().public_message});
  return {};
}

}  // namespace

std::shared_ptr<const ModelData> ModelData::load(const config::ModelDataFiles& files,
                                                 config::Diagnostics& diagnostics) {
  if (files.tokens.empty() && files.prices.empty()) return builtin();
  const std::size_t errors_before = diagnostics.list().size();
  auto data = std::make_shared<ModelData>();
  data->tokens = load_table<tokens::Models>(files.tokens, diagnostics);
  data->prices = load_table<money::Prices>(files.prices, diagnostics);
  return diagnostics.list().size() == errors_before ? data : nullptr;
}

const std::shared_ptr<const ModelData>& ModelData::builtin() {
  static const auto data = std::make_shared<const ModelData>(
      ModelData{tokens::Models::builtin(), money::Prices::builtin()});
  return data;
}

}  // namespace penstock
