// Tables of event streams through the reader of event streams: the same events for every cut.

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "conformance/case_file.h"
#include "http/cuts.h"
#include "http/sse_reader.h"

namespace penstock::test {
namespace {

using nlohmann::json;

/// Invalid UTF-8 as U+FFFD, which is how the tables write it.
std::string printable(std::string_view text) {
  const std::string quoted =
      json(std::string(text)).dump(-1, ' ', false, json::error_handler_t::replace);
  return json::parse(quoted).get<std::string>();
}

json read_events(const std::vector<std::string_view>& pieces, json& retry) {
  http::SseReader reader;
  json events = json::array();
  for (const auto piece : pieces) {
    EXPECT_TRUE(reader.feed(piece));
    while (const auto event = reader.next()) {
      if (!event->has_data) continue;
      events.push_back({{"event", event->event.empty() ? "message" : printable(event->event)},
                        {"data", printable(event->data)},
                        {"id", printable(event->id)}});
    }
  }
  retry = reader.retry_ms() ? json(*reader.retry_ms()) : json();
  return events;
}

std::vector<std::string_view> cut_at(std::string_view bytes, const json& offsets) {
  std::vector<std::string_view> pieces;
  std::size_t start = 0;
  for (const std::size_t offset : offsets) {
    pieces.push_back(bytes.substr(start, offset - start));
    start = offset;
  }
  pieces.push_back(bytes.substr(start));
  return pieces;
}

void judge(const std::vector<json>& cases) {
  for (const json& entry : cases) {
    SCOPED_TRACE(entry.at("id"));
    const std::string bytes = bytes_of(entry);
    auto all = cuts(bytes);
    all.push_back(cut_at(bytes, entry.value("splits", json::array())));
    for (const auto& pieces : all) {
      json retry;
      EXPECT_EQ(read_events(pieces, retry), entry.at("events"));
      EXPECT_EQ(retry, entry.value("retry", json()));
    }
  }
}

TEST(EventStreamTable, GivesItsEventsForEveryCut) {
  const auto cases = own_cases("sse/cases.jsonl");
  EXPECT_GE(cases.size(), 60U);
  judge(cases);
}

TEST(EventStreamTable, OfTheCorpusGivesItsEventsForEveryCut) {
  const auto cases = corpus_cases("sse/cases.jsonl");
  if (cases.empty()) GTEST_SKIP() << "PENSTOCK_CORPORA is not set";
  judge(cases);
}

}  // namespace
}  // namespace penstock::test
