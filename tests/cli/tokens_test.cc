// `penstock tokens`.

#include <sys/stat.h>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "support/temp_folder.h"

namespace penstock::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kChat =
    R"({"model":"gpt-4o","messages":[{"role":"user","content":"hello"}]})";

TEST(Tokens, CountsStdin) {
  const Ended run = penstock({"tokens"}, {.input = "hello world"});
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.out, "2\n");
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(penstock({"tokens", "-"}, {.input = "hello world"}).out, "2\n");
  EXPECT_EQ(penstock({"tokens"}).out, "0\n");
}

TEST(Tokens, CountsAFileWithItsLineEnd) {
  TempFolder folder;
  EXPECT_EQ(penstock({"tokens", folder.write("a.txt", "hello world\n")}).out, "3\n");
}

TEST(Tokens, PrintsTheIdsOfTheChosenEncoding) {
  const Setting setting{.input = "hello <|endoftext|>"};
  EXPECT_EQ(penstock({"tokens", "--ids", "--encoding", "cl100k_base"}, setting).out,
            "15339 83739 8862 728 428 91 29\n");
  EXPECT_EQ(penstock({"tokens", "--ids", "--model", "openai/gpt-4"}, setting).out,
            "15339 83739 8862 728 428 91 29\n");
  EXPECT_EQ(penstock({"tokens", "--ids", "--encoding", "r50k_base"}, {.input = "hello world"}).out,
            "31373 995\n");
}

TEST(Tokens, AnswersEachLine) {
  const Ended run = penstock({"tokens", "--jsonl", "--encoding", "o200k_base"},
                             {.input = "{\"text\": \"hello\"}\n{\"text\": \"\"}\r\n"
                                       "{\"id\": 7, \"text\": \"\\u4e2d\\u6587\\n\"}"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.out,
            "{\"count\":1,\"ids\":[24912]}\n"
            "{\"count\":0,\"ids\":[]}\n"
            "{\"count\":2,\"ids\":[10667,198]}\n");
}

TEST(Tokens, AnswersALineBeforeTheNextOneComes) {
  const Ended run = bash(
      "coproc { penstock tokens --jsonl; }\n"
      "for word in one two; do\n"
      "  echo '{\"text\": \"'$word'\"}' >&\"${COPROC[1]}\"\n"
      "  read -r -t 60 answer <&\"${COPROC[0]}\" && echo \"$answer\"\n"
      "done");
  EXPECT_EQ(run.out, "{\"count\":1,\"ids\":[690]}\n{\"count\":1,\"ids\":[38397]}\n") << run.err;
}

TEST(Tokens, SaysWhichLineIsWrong) {
  const Ended run =
      penstock({"tokens", "--jsonl"}, {.input = "{\"text\": \"hello\"}\n{\"txt\": 1}\n"});
  EXPECT_EQ(run.status, 3);
  EXPECT_EQ(run.out, "{\"count\":1,\"ids\":[24912]}\n");
  EXPECT_EQ(run.err,
            "penstock: stdin:2: expected an object with a text, such as {\"text\": \"hello\"}\n");
  EXPECT_THAT(penstock({"tokens", "--jsonl"}, {.input = "hello\n"}).err,
              StartsWith("penstock: stdin:1: the body is not valid JSON: "));
}

TEST(Tokens, TakesLongLinesUpToABound) {
  const std::string line = "{\"text\": \"" + std::string(1 << 20, 'a') + "\"}\n";
  const Ended run = penstock({"tokens", "--jsonl"}, {.input = line + line});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(nlohmann::json::parse(run.out.substr(0, run.out.find('\n')))["count"], (1 << 20) / 8);

  TempFolder folder;
  const std::string file = folder.write("long.jsonl", "");
  ASSERT_EQ(::truncate(file.c_str(), (65 << 20)), 0);
  EXPECT_EQ(penstock({"tokens", "--jsonl", file}).err,
            "penstock: " + file + ":1: a line is longer than 64 MiB\n");
}

TEST(Tokens, CountsAChatRequestAsItsModelDoes) {
  const Ended run = penstock({"tokens", "--chat"}, {.input = kChat});
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.out, "8\n");
  EXPECT_EQ(run.err, "");

  const Ended other = penstock({"tokens", "--chat", "--model", "claude-3-haiku"}, {.input = kChat});
  EXPECT_EQ(other.out, "10\n");
  EXPECT_EQ(other.err, "penstock: an estimate; set aside 12\n");
  EXPECT_EQ(penstock({"tokens", "--chat", "--encoding", "cl100k_base"}, {.input = kChat}).out,
            "8\n");
}

TEST(Tokens, CountsAChatRequestInEachLine) {
  const Ended run =
      penstock({"tokens", "--chat", "--jsonl"},
               {.input = std::string(kChat) + "\n{\"model\":\"gpt-5\",\"messages\":[]}\n"});
  EXPECT_EQ(run.out,
            "{\"count\":8,\"most\":8,\"exact\":true}\n{\"count\":3,\"most\":4,\"exact\":false}\n");
}

TEST(Tokens, EstimatesForAModelWithoutAPublicTokenizer) {
  const Setting setting{.input = "hello world"};
  const Ended run = penstock({"tokens", "--model", "mistral-large"}, setting);
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.out, "3\n");
  EXPECT_EQ(run.err, "penstock: an estimate, since `mistral-large` has no public tokenizer\n");
  EXPECT_EQ(penstock({"tokens", "--jsonl", "--model", "mistral-large"},
                     {.input = "{\"text\":\"hello world\"}\n"})
                .out,
            "{\"count\":3}\n");

  const Ended ids = penstock({"tokens", "--model", "mistral-large", "--ids"}, setting);
  EXPECT_EQ(ids.status, 2);
  EXPECT_THAT(ids.err, HasSubstr("leave --ids away, or choose an --encoding"));
}

TEST(Tokens, RefusesWhatIsNoText) {
  const Ended bytes = penstock({"tokens"}, {.input = "\xff\xfe"});
  EXPECT_EQ(bytes.status, 3);
  EXPECT_EQ(bytes.err, "penstock: stdin: the text is not UTF-8\n");
  TempFolder folder;
  const std::string none = folder.path() + "/none";
  for (const auto& arguments : {std::vector<std::string>{"tokens", none},
                                std::vector<std::string>{"tokens", "--jsonl", none}}) {
    const Ended absent = penstock(arguments);
    EXPECT_EQ(absent.status, 3);
    EXPECT_EQ(absent.err, "penstock: " + none + ": No such file or directory\n");
  }
  EXPECT_EQ(penstock({"tokens", "--chat"}, {.input = "[]"}).err,
            "penstock: stdin: a chat request is a JSON object\n");
  EXPECT_THAT(penstock({"tokens", "--jsonl", folder.path()}).err, HasSubstr(":1: Is a directory"));
}

TEST(Tokens, RefusesOptionsThatExcludeEachOther) {
  EXPECT_EQ(penstock({"tokens", "--encoding", "o200k_bas"}).err,
            "penstock: --encoding: `o200k_bas` is unknown here; did you mean `o200k_base`?\n");
  EXPECT_EQ(penstock({"tokens", "--encoding", "r50k_base", "--model", "gpt-4"}).status, 2);
  EXPECT_EQ(penstock({"tokens", "--chat", "--ids"}).status, 2);
}

}  // namespace
}  // namespace penstock::test
