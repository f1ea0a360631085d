// Hostile and odd requests against the whole program: each whole, one byte a write, cut at random
// places, and pipelined behind a good request. A table says what may come of it, see
// tests/data/README.md.

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "conformance/case_file.h"
#include "conformance/gateway_requests.h"
#include "conformance/mutations.h"

namespace penstock::test {
namespace {

using Pieces = std::vector<std::string_view>;
using Results = std::vector<RequestLab::Result>;

Pieces bytes_alone(std::string_view bytes) {
  Pieces pieces;
  for (std::size_t at = 0; at < bytes.size(); ++at) pieces.push_back(bytes.substr(at, 1));
  return pieces;
}

Pieces cut_at_random(std::string_view bytes, std::mt19937& random) {
  Pieces pieces;
  while (!bytes.empty()) {
    const std::size_t largest = bytes.size() / 2 + 1;
    pieces.push_back(bytes.substr(0, 1 + random() % largest));
    bytes.remove_prefix(pieces.back().size());
  }
  return pieces;
}

RequestLab::Result behind_a_good_one(const RequestLab::Result& alone, const std::string& good) {
  RequestLab::Result expected = alone;
  expected.statuses.insert(expected.statuses.begin(), 200);
  expected.upstream.insert(expected.upstream.begin(), good.substr(good.find("\r\n\r\n") + 4));
  return expected;
}

void judge(const std::vector<nlohmann::json>& cases) {
  const std::string good = good_request();
  std::vector<std::string> raw;
  std::vector<std::string> pipelined;
  for (const auto& entry : cases) {
    raw.push_back(bytes_of(entry));
    pipelined.push_back(good + raw.back());
  }
  std::mt19937 random(9112);
  std::vector<Play> whole, alone, cut, behind;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const bool accept = cases[i].at("expect") == "accept";
    const std::size_t answers = accept ? cases[i].value("responses", 1U) : 0;
    whole.push_back({{raw[i]}, answers});
    alone.push_back({bytes_alone(raw[i]), answers});
    cut.push_back({cut_at_random(raw[i], random), answers});
    behind.push_back({{pipelined[i]}, accept ? answers + 1 : 0});
  }
  std::vector<Play> all;
  for (const auto* way : {&whole, &alone, &cut, &behind}) {
    all.insert(all.end(), way->begin(), way->end());
  }

  RequestLab lab;
  const Results results = lab.run(all);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    SCOPED_TRACE(cases[i].at("id"));
    const std::size_t count = cases.size();
    const auto& reference = results[i];
    EXPECT_EQ(fault_in(cases[i], reference), "") << reference;
    EXPECT_EQ(results[count + i], reference) << "one byte a write makes a difference";
    EXPECT_EQ(results[2 * count + i], reference) << "a cut makes a difference";
    EXPECT_EQ(results[3 * count + i], behind_a_good_one(reference, good))
        << "a good request before it makes a difference";
  }
  EXPECT_TRUE(lab.serves()) << lab.gateway().errors();
}

TEST(RequestTable, HoldsForEachWayOfSending) {
  const auto cases = own_cases("http1/requests.jsonl");
  EXPECT_GE(cases.size(), 250U);
  judge(cases);
}

TEST(RequestTable, OfTheCorpusHoldsForEachWayOfSending) {
  const auto cases = corpus_cases("http1/requests.jsonl");
  if (cases.empty()) GTEST_SKIP() << "PENSTOCK_CORPORA is not set";
  judge(cases);
}

/// Chats with a length and in chunks, one behind the other.
std::string two_chats() {
  const std::string counted = good_request();
  const std::size_t head_end = counted.find("\r\n\r\n") + 4;
  std::string chunked =
      counted.substr(0, counted.find("Content-Length")) +
      "Authorization: Bearer corpus-test-key\r\nTransfer-Encoding: chunked\r\n\r\n";
  chunked += chunk(counted.substr(head_end, 9)) + chunk(counted.substr(head_end + 9));
  return chunked.append(kLastChunk) + counted;
}

bool are_among(const std::vector<std::string>& seen, const std::vector<std::string>& allowed) {
  auto next = allowed.begin();
  return std::all_of(seen.begin(), seen.end(), [&](const std::string& body) {
    next = std::find(next, allowed.end(), body);
    return next != allowed.end() && next++ != allowed.end();
  });
}

TEST(MutatedRequest, ReachesTheUpstreamAtMostAsTheStrictReaderAllows) {
  constexpr std::size_t kStride =
      53;  // of tens of thousands of edits; the codec alone gets them all
  std::vector<std::string> edits;
  std::size_t count = 0;
  for_each_mutation(two_chats(), [&](const std::string& bytes) {
    if (count++ % kStride == 0) edits.push_back(bytes);
  });
  std::vector<Play> plays;
  for (const std::string& bytes : edits) plays.push_back({{bytes}});

  RequestLab lab;
  const Results results = lab.run(plays);
  std::size_t reached = 0;
  for (std::size_t i = 0; i < edits.size(); ++i) {
    SCOPED_TRACE(testing::PrintToString(edits[i]));
    EXPECT_FALSE(results[i].hung);
    EXPECT_TRUE(results[i].clean);
    EXPECT_TRUE(are_among(results[i].upstream, chats_in(edits[i]))) << results[i];
    reached += results[i].upstream.size();
  }
  EXPECT_GT(reached, 100U);
  EXPECT_TRUE(lab.serves()) << lab.gateway().errors();
}

TEST(ChunkCrumbs, AreRefusedLongBeforeTheLimitOfTheBody) {
  const std::string counted = good_request();
  std::string request =
      counted.substr(0, counted.find("Content-Length")) +
      "Authorization: Bearer corpus-test-key\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 400'000; ++i) request += "1\r\n \r\n";
  RequestLab lab;
  const auto result = lab.run({{{request}}}).at(0);
  EXPECT_EQ(result.statuses, std::vector<int>{400});
  EXPECT_FALSE(result.hung);
}

}  // namespace
}  // namespace penstock::test
