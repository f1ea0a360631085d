#include "schema/text_reader.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "json/document.h"

namespace penstock::schema {
namespace {

/// What was told, as a text: a letter for each begin, `.` for an end, names and pieces in words.
class Recorder final : public TextEvents {
 public:
  std::string told;

 private:
  bool begin(TypeSet type) override {
    told += type == kObject ? "{" : type == kArray ? "[" : type == kString ? "s:" : "v:";
    return true;
  }
  std::size_t piece(std::string_view text) override {
    told += text;
    return text.size();
  }
  bool end() override {
    told += ".";
    return true;
  }
  bool begin_name() override {
    told += "n:";
    return true;
  }
  bool end_name() override {
    told += "=";
    return true;
  }
  bool next() override {
    told += ",";
    return true;
  }
};

struct Reading {
  bool fine = false;
  std::uint64_t offset = 0;
  std::string told;
};

Reading read(std::string_view text, std::size_t step) {
  TextReader reader;
  Recorder recorder;
  bool fine = true;
  for (std::size_t at = 0; at < text.size() && fine; at += step) {
    fine = reader.feed(text.substr(at, step), recorder);
  }
  if (fine) fine = reader.finish(recorder);
  return {fine, reader.offset(), recorder.told};
}

TEST(TextReader, TellsWhatItReads) {
  EXPECT_EQ(read(R"({"a":[1,-2.5e3,true,null],"b\n":"x\u00e9\ud83d\ude00"} )", 100).told,
            "{n:a=[v:1.,v:-2.5e3.,v:true.,v:null..,n:b\n=s:x\xC3\xA9\xF0\x9F\x98\x80..");
}

TEST(TextReader, KnowsWhenTheTextIsWhole) {
  TextReader reader;
  Recorder recorder;
  EXPECT_TRUE(reader.feed("[1", recorder));
  EXPECT_FALSE(reader.complete());
  EXPECT_TRUE(reader.feed("]", recorder));
  EXPECT_TRUE(reader.complete());
  EXPECT_TRUE(reader.feed(" \n", recorder));
  EXPECT_FALSE(reader.feed("2", recorder));
  EXPECT_EQ(reader.offset(), 5U);
}

TEST(TextReader, EndsALoneNumberWithTheText) {
  TextReader reader;
  Recorder recorder;
  EXPECT_TRUE(reader.feed("12", recorder));
  EXPECT_FALSE(reader.complete());
  EXPECT_TRUE(reader.finish(recorder));
  EXPECT_TRUE(reader.complete());
}

struct Bad {
  std::string text;
  std::uint64_t offset;  // of the first byte that cannot stand there; the size: it ends too early
};

class BadText : public testing::TestWithParam<Bad> {};

TEST_P(BadText, IsRefusedAtItsFirstWrongByteHoweverItIsCut) {
  for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{1000}}) {
    const Reading reading = read(GetParam().text, step);
    EXPECT_FALSE(reading.fine) << GetParam().text;
    EXPECT_EQ(reading.offset, GetParam().offset) << GetParam().text << " by " << step;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadText,
    testing::Values(Bad{"", 0}, Bad{"   ", 3}, Bad{"x", 0}, Bad{"\xEF\xBB\xBF{}", 0}, Bad{"{", 1},
                    Bad{"{]", 1}, Bad{"[}", 1}, Bad{"[1}", 2}, Bad{"[1,]", 3}, Bad{"{,}", 1},
                    Bad{R"({"a",1})", 4}, Bad{R"({"a":1,})", 7}, Bad{R"({"a" 1})", 5},
                    Bad{R"({a:1})", 1}, Bad{"truth", 3}, Bad{"nul", 3}, Bad{"01", 1}, Bad{"-", 1},
                    Bad{"-a", 1}, Bad{"1.", 2}, Bad{"1.x", 2}, Bad{"1e", 2}, Bad{"1e+", 3},
                    Bad{"1e+x", 3}, Bad{"+1", 0}, Bad{".5", 0}, Bad{"1 2", 2}, Bad{"\"a\nb\"", 2},
                    Bad{R"("\x")", 2}, Bad{R"("\u12g4")", 5}, Bad{R"("\udc00")", 4},
                    Bad{R"("\ud83d")", 7}, Bad{R"("\ud83dx")", 7}, Bad{R"("\ud83d\n")", 8},
                    Bad{R"("\ud83d\u0041")", 9}, Bad{R"("\ud83d\ud83d")", 10}, Bad{"\"abc", 4},
                    Bad{std::string(65, '['), 64}));

// Whatever one reader takes the other takes, and no cut matters.
TEST(TextReader, AgreesWithTheStrictReader) {
  const char* corpora = std::getenv("PENSTOCK_CORPORA");
  if (corpora == nullptr) GTEST_SKIP() << "PENSTOCK_CORPORA is not set";
  std::ifstream file(std::filesystem::path(corpora) / "json/parsing.jsonl");
  int accepted = 0;
  for (std::string line; std::getline(file, line);) {
    const auto row = nlohmann::json::parse(line);
    if (row["expect"] != "y") continue;
    static const std::string alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : row["b64"].get<std::string>()) {
      if (c == '=') break;
      bits = bits << 6 | static_cast<std::uint32_t>(alphabet.find(c));
      if ((count += 6) >= 8) text.push_back(static_cast<char>(bits >> (count -= 8)));
    }
    EXPECT_TRUE(read(text, 1).fine) << row["name"];
    EXPECT_EQ(read(text, 1).told, read(text, 1 << 20).told) << row["name"];
    ++accepted;
  }
  EXPECT_EQ(accepted, 95);
}

}  // namespace
}  // namespace penstock::schema
