// Runs the large corpora of requests and event streams when the environment variable
// PENSTOCK_CORPORA names their folder; they are no part of this tree. What can be judged without a
// server is judged: the bytes through parser, target and decoder.

#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "http/body_decoder.h"
#include "http/cuts.h"
#include "http/request_parser.h"
#include "http/sse_reader.h"
#include "http/url.h"

namespace penstock::http {
namespace {

using nlohmann::json;

std::string decode_base64(std::string_view text) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) break;
    bits = (bits << 6 | static_cast<unsigned>(value)) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<char>(bits >> count & 0xff));
  }
  return bytes;
}

std::vector<json> read_cases(const std::string& file) {
  const char* const folder = std::getenv("PENSTOCK_CORPORA");
  if (folder == nullptr) return {};
  std::vector<json> cases;
  std::ifstream lines(std::string(folder) + "/" + file);
  for (std::string line; std::getline(lines, line);) cases.push_back(json::parse(line));
  EXPECT_FALSE(cases.empty()) << "PENSTOCK_CORPORA names no folder with " << file;
  return cases;
}

/// What a connection makes of the bytes that come in, as far as the codec decides it.
class Connection {
 public:
  void receive(std::string_view bytes) {
    buffer_.append(bytes);
    while (!closed_ && (body_ ? read_body() : read_head())) continue;
  }

  int requests = 0;  // complete and well-formed ones
  bool refused = false;
  std::vector<std::string> bodies;

 private:
  void refuse() {
    refused = true;
    closed_ = true;
  }

  bool read_head() {
    const auto size = parser_.parse(buffer_);
    if (!size) {
      refuse();
      return false;
    }
    if (*size == 0) return false;
    const RequestHead& head = parser_.head();
    if (!parse_target(head.method, head.target, head.host)) {
      refuse();
      return false;
    }
    buffer_.erase(0, *size);
    body_.emplace(head.framing, ErrorKind::kMalformedHttp);
    keep_alive_ = head.keep_alive;
    return true;
  }

  bool read_body() {
    const auto step = body_->step(buffer_);
    if (!step) {
      refuse();
      return false;
    }
    body_text_.append(step->data);
    buffer_.erase(0, step->consumed);
    if (!body_->done()) return step->consumed > 0;
    ++requests;
    bodies.push_back(std::exchange(body_text_, {}));
    body_.reset();
    parser_ = RequestParser({});
    closed_ = !keep_alive_;
    return true;
  }

  std::string buffer_;
  RequestParser parser_{{}};
  std::optional<BodyDecoder> body_;
  std::string body_text_;
  bool keep_alive_ = true;
  bool closed_ = false;
};

Connection run(const std::vector<std::string_view>& pieces) {
  Connection connection;
  for (const auto piece : pieces) connection.receive(piece);
  return connection;
}

TEST(HttpCorpus, IsJudgedAsItsTableSays) {
  const auto cases = read_cases("http1/requests.jsonl");
  if (cases.empty()) GTEST_SKIP() << "PENSTOCK_CORPORA is not set";
  for (const json& c : cases) {
    SCOPED_TRACE(c["id"]);
    const std::string bytes = decode_base64(c["raw_b64"].get<std::string>());
    const Connection connection = run({bytes});
    const std::string expect = c["expect"];
    if (expect == "accept") {
      EXPECT_EQ(connection.requests, c.value("responses", 1));
      EXPECT_FALSE(connection.refused);
    } else if (expect == "reject") {
      EXPECT_EQ(connection.requests, 0);
    }
    for (const auto& body : connection.bodies) {
      EXPECT_FALSE(body.starts_with("{\"model\":\"SMUGGLED\"")) << "a hidden request came out";
    }
    for (const auto& pieces : test::cuts(bytes)) {
      const Connection cut = run(pieces);
      EXPECT_EQ(cut.requests, connection.requests);
      EXPECT_EQ(cut.refused, connection.refused);
      EXPECT_EQ(cut.bodies, connection.bodies);
    }
  }
}

/// Invalid UTF-8 as U+FFFD, which is how the corpus writes it.
std::string printable(std::string_view text) {
  const std::string quoted =
      json(std::string(text)).dump(-1, ' ', false, json::error_handler_t::replace);
  return json::parse(quoted).get<std::string>();
}

json read_events(const std::vector<std::string_view>& pieces, json& retry) {
  SseReader reader;
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

TEST(SseCorpus, GivesTheEventsOfItsTableForEveryCut) {
  const auto cases = read_cases("sse/cases.jsonl");
  if (cases.empty()) GTEST_SKIP() << "PENSTOCK_CORPORA is not set";
  for (const json& c : cases) {
    SCOPED_TRACE(c["id"]);
    const std::string bytes = decode_base64(c["raw_b64"].get<std::string>());
    auto all = test::cuts(bytes);
    all.push_back(cut_at(bytes, c.value("splits", json::array())));
    for (const auto& pieces : all) {
      json retry;
      EXPECT_EQ(read_events(pieces, retry), c["events"]);
      EXPECT_EQ(retry, c.value("retry", json()));
    }
  }
}

}  // namespace
}  // namespace penstock::http
