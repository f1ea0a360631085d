#include "interceptors/log/options.h"

#include <array>

namespace penstock::exchange_log {

namespace {

using config::Node;

constexpr std::uint64_t kMaxContentBytes = 1024 * 1024;

void read_record(const Node& item, Options::Records& records, config::Diagnostics& diagnostics) {
  if (item.kind == Node::Kind::kScalar && item.scalar == "request") {
    records.request = true;
  } else if (item.kind == Node::Kind::kScalar && item.scalar == "response") {
    records.response = true;
  } else if (item.kind == Node::Kind::kScalar && item.scalar == "exchange") {
    records.exchange = true;
  } else {
    diagnostics.error(item, "expected one of request, response, exchange");
  }
}

Options::Records read_records(const Node* node, config::Diagnostics& diagnostics) {
  Options::Records records;
  if (!node) {
    records.exchange = true;
  } else if (node->kind == Node::Kind::kScalar) {
    read_record(*node, records, diagnostics);
  } else if (node->kind == Node::Kind::kList && !node->items.empty()) {
    for (const Node& item : node->items) read_record(item, records, diagnostics);
  } else {
    diagnostics.error(*node, "expected a list with at least one of request, response, exchange");
  }
  return records;
}

}  // namespace

Options Options::parse(const Node& node, config::Diagnostics& diagnostics) {
  config::MapReader map(node, diagnostics);
  constexpr std::array kContents{Content::kNone, Content::kRedacted, Content::kFull};
  Options options;
  options.records = read_records(map.find("records"), diagnostics);
  options.content = kContents[map.choice("content", {"none", "redacted", "full"}, 0)];
  options.file = map.text("file", options.file);
  options.max_content = map.bytes("max_content", options.max_content);

  if (options.file.empty()) {
    diagnostics.error(*map.find("file"), "expected stdout, stderr or the path of a file");
  }
  if (options.max_content == 0 || options.max_content > kMaxContentBytes) {
    diagnostics.error(*map.find("max_content"),
                      "expected between 1 byte and 1MiB; `content: none` leaves bodies out");
  }
  return options;
}

}  // namespace penstock::exchange_log
