// `penstock schema`.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "support/temp_folder.h"

namespace penstock::test {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// A schema in a file, and what the program makes of instances.
struct SchemaFile {
  explicit SchemaFile(const std::string& text) : file(folder.write("schema.json", text)) {}

  Ended validate(std::vector<std::string> more, const std::string& input = {}) const {
    std::vector<std::string> arguments{"schema", "validate", "--schema", file};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return penstock(arguments, {.input = input});
  }
  /// The answers to lines of instances.
  std::vector<json> judge(const std::string& lines, std::vector<std::string> more = {}) const {
    more.push_back("--jsonl");
    const Ended run = validate(std::move(more), lines);
    EXPECT_EQ(run.err, "");
    std::vector<json> answers;
    std::istringstream out(run.out);
    for (std::string line; std::getline(out, line);) answers.push_back(json::parse(line));
    const auto valid = [](const json& answer) { return answer.at("valid").get<bool>(); };
    EXPECT_EQ(run.status, std::all_of(answers.begin(), answers.end(), valid) ? 0 : 1);
    return answers;
  }

  /// The verdicts alone.
  std::vector<bool> verdicts(const std::string& lines, std::vector<std::string> more = {}) const {
    std::vector<bool> valid;
    for (const json& answer : judge(lines, std::move(more))) valid.push_back(answer.at("valid"));
    return valid;
  }

  TempFolder folder;
  std::string file;
};

constexpr const char* kTeam =
    R"({"properties":{"members":{"items":{"properties":{"age":{"minimum":18}}}}}})";

TEST(SchemaValidate, SaysInWordsWhatIsWrongAndWhere) {
  const SchemaFile schema(kTeam);
  const Ended bad = schema.validate({"-"}, R"({"members":[{"age":20},{"age":7}]})");
  EXPECT_EQ(bad.status, 1);
  EXPECT_EQ(bad.out, "");
  EXPECT_THAT(bad.err, StartsWith("stdin: at /members/1/age: expected "));
  EXPECT_THAT(bad.err, EndsWith(" (/properties/members/items/properties/age/minimum)\n"));

  const Ended good = schema.validate({}, R"({"members":[]})");
  EXPECT_EQ(good.status, 0);
  EXPECT_EQ(good.err, "stdin: valid\n");
}

TEST(SchemaValidate, JudgesEachFile) {
  const SchemaFile schema(R"({"type":"integer"})");
  const std::string good = schema.folder.write("good.json", "\n 1 \n");
  const std::string bad = schema.folder.write("bad.json", "\"a\"");
  const Ended run = schema.validate({good, bad});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.err, StartsWith(good + ": valid\n" + bad + ": expected an integer"));
}

TEST(SchemaValidate, GivesALineOfJsonForEachInstance) {
  const SchemaFile schema(kTeam);
  const auto answers = schema.judge("{}\n{\"members\":[{\"age\":7}]}\n");
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[0], json::parse(R"({"valid":true,"errors":[]})"));
  const json& error = answers[1]["errors"][0];
  EXPECT_EQ(answers[1]["errors"].size(), 1u);
  EXPECT_EQ(error["instance_pointer"], "/members/0/age");
  EXPECT_EQ(error["param"], "members[0].age");
  EXPECT_EQ(error["schema_path"], "/properties/members/items/properties/age/minimum");
  EXPECT_EQ(error["keyword"], "minimum");
  EXPECT_EQ(error["message"], "expected " + error["expected"].get<std::string>() + ", found " +
                                  error["found"].get<std::string>());
}

TEST(SchemaValidate, ReadsLinesOfFilesToo) {
  const SchemaFile schema(R"({"maximum":2})");
  EXPECT_THAT(schema.verdicts("3\n", {schema.folder.write("a.jsonl", "1\n3"), "-"}),
              ElementsAre(true, false, false));
}

TEST(SchemaValidate, SkipsBlankLinesAndTakesAnyLineEnd) {
  EXPECT_THAT(SchemaFile("true").verdicts("1\r\n\n \t\n2"), ElementsAre(true, true));
}

TEST(SchemaValidate, CallsAnInstanceThatIsNoJsonInvalid) {
  const auto answers = SchemaFile("true").judge("{\n\xff\n1 2\n");
  ASSERT_EQ(answers.size(), 3u);
  for (const json& answer : answers) {
    EXPECT_EQ(answer["valid"], false);
    EXPECT_EQ(answer["errors"][0]["keyword"], "json");
    EXPECT_THAT(answer["errors"][0]["message"].get<std::string>(),
                StartsWith("the instance is not valid JSON: "));
  }
}

TEST(SchemaValidate, JudgesNumbersAsTheyAreWritten) {
  EXPECT_THAT(SchemaFile(R"({"type":"integer","multipleOf":3})")
                  .verdicts("123456789012345678901234567890\n123456789012345678901234567891\n"),
              ElementsAre(true, false));
}

TEST(SchemaValidate, ReadsALineThatIsTooLongWithoutKeepingIt) {
  const SchemaFile schema("true");
  const std::string lines = schema.folder.path() + "/lines";
  std::ofstream file(lines);
  file << '"' << std::string(33 << 20, 'a') << "\"\n1\n";
  file.close();
  const Ended run = schema.validate({"--jsonl", lines});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.out, HasSubstr("the instance is longer than 32 MiB"));
  EXPECT_THAT(run.out, EndsWith("\n{\"valid\":true,\"errors\":[]}\n"));
}

TEST(SchemaValidate, TakesTheDraftThatIsAskedForWhereTheSchemaNamesNone) {
  const SchemaFile schema(R"({"items":[{"type":"string"}]})");  // a list of schemas, before 2020-12
  EXPECT_THAT(schema.verdicts("[1]\n", {"--draft", "7"}), ElementsAre(false));
  EXPECT_EQ(schema.validate({"--draft", "2020-12"}, "[1]").status, 3);
  EXPECT_EQ(schema.validate({"--draft", "6"}, "[1]").status, 2);
}

TEST(SchemaValidate, HoldsTextsToFormatsWhereItIsToldTo) {
  const SchemaFile schema(R"({"format":"ipv4"})");
  EXPECT_THAT(schema.verdicts("\"a\"\n"), ElementsAre(true));
  EXPECT_THAT(schema.verdicts("\"a\"\n\"127.0.0.1\"\n", {"--formats"}), ElementsAre(false, true));
}

TEST(SchemaValidate, ReachesDocumentsByTheirPathAndByTheirId) {
  const TempFolder refs;
  refs.write("number.json", R"({"type":"number"})");
  std::filesystem::create_directory(refs.path() + "/a folder");
  refs.write("a folder/text.json", R"({"$id":"urn:example:text","type":"string"})");
  refs.write("notes.txt", "no JSON");
  const auto takes = [&](const std::string& reference, std::vector<std::string> more) {
    more.insert(more.end(), {"--refs", refs.path()});
    return SchemaFile(R"({"$ref":")" + reference + "\"}").verdicts("1\n\"a\"\n", std::move(more));
  };
  EXPECT_THAT(takes("http://localhost:1234/number.json", {}), ElementsAre(true, false));
  EXPECT_THAT(takes("http://localhost:1234/a%20folder/text.json", {}), ElementsAre(false, true));
  EXPECT_THAT(takes("urn:example:text", {}), ElementsAre(false, true));
  EXPECT_THAT(takes("https://x.example/s/number.json", {"--refs-base", "https://x.example/s"}),
              ElementsAre(true, false));
}

TEST(SchemaValidate, ReachesNothingElse) {
  const SchemaFile schema(R"({"$ref":"http://localhost:1234/number.json"})");
  const Ended run = schema.validate({}, "1");
  EXPECT_EQ(run.status, 3);
  EXPECT_THAT(run.err, HasSubstr("$ref"));
}

TEST(SchemaValidate, SaysWhatIsWrongWithDocuments) {
  const TempFolder refs;
  const std::string bad = refs.write("bad.json", "{");
  const SchemaFile schema("true");
  const Ended run = schema.validate({"--refs", refs.path()}, "1");
  EXPECT_EQ(run.status, 3);
  EXPECT_THAT(run.err, StartsWith("penstock: " + bad + ": "));
  EXPECT_EQ(schema.validate({"--refs", refs.path() + "/none"}, "1").status, 3);
}

TEST(SchemaValidate, RefusesASchemaThatIsNotUsable) {
  for (const char* text : {"{", R"({"type":"strin"})", R"({"pattern":"("})", "5"}) {
    const SchemaFile schema(text);
    const Ended run = schema.validate({"--jsonl"}, "1\n");
    EXPECT_EQ(run.status, 3) << text;
    EXPECT_EQ(run.out, "");
    EXPECT_THAT(run.err, StartsWith("penstock: " + schema.file + ": not usable: ")) << text;
  }
  EXPECT_EQ(penstock({"schema", "validate", "--schema", "/none", "-"}).status, 3);
}

TEST(SchemaValidate, WarnsOfAKeywordThatNobodyKnows) {
  const Ended run = SchemaFile(R"({"propertis":{}})").validate({}, "1");
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.err, HasSubstr("warning"));
  EXPECT_THAT(run.err, HasSubstr("`properties`"));
}

TEST(SchemaValidate, GoesOnBehindAFileThatCannotBeRead) {
  const SchemaFile schema("false");
  for (const bool lines : {false, true}) {
    std::vector<std::string> arguments{"/none", schema.folder.path(), "-"};
    if (lines) arguments.push_back("--jsonl");
    const Ended run = schema.validate(arguments, "1\n");
    EXPECT_EQ(run.status, 3);
    EXPECT_THAT(run.err, HasSubstr("penstock: cannot read /none: No such file"));
    EXPECT_THAT(run.err, HasSubstr("penstock: cannot read " + schema.folder.path() + ": "));
    EXPECT_THAT(run.out + run.err,
                HasSubstr(lines ? "\"valid\":false" : "stdin: no value is allowed here"));
  }
}

TEST(SchemaValidate, StopsWhenNobodyReadsOn) {
  const SchemaFile schema("true");
  const Ended run =
      bash("yes 1 | penstock schema validate --schema " + schema.file + " --jsonl | head -n 1");
  EXPECT_EQ(run.out, "{\"valid\":true,\"errors\":[]}\n");
}

TEST(SchemaValidate, LetsNoInstanceCommandTheTerminal) {
  const Ended run = SchemaFile(R"({"const":1})").validate({}, "{\"\\u001b]0;x\\u0007\":1}");
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.err.find_first_of("\x1b\a"), std::string::npos) << run.err;
}

// The cases of the official suite that need other documents; the engine's own tests run them all.
TEST(SchemaValidate, AgreesWithTheOfficialSuiteOnWhatRefsReach) {
  const char* corpora = std::getenv("PENSTOCK_CORPORA");
  if (corpora == nullptr) GTEST_SKIP() << "PENSTOCK_CORPORA does not name the corpora folder";
  const std::string suite = std::string(corpora) + "/json-schema/";
  int compared = 0;
  for (const std::string draft : {"2020-12", "7"}) {
    std::ifstream file(suite + "draft" + draft + "/required/refRemote.json");
    for (const json& group : json::parse(file)) {
      std::string lines;
      std::vector<bool> expected;
      for (const json& test : group["tests"]) {
        lines += test["data"].dump() + "\n";
        expected.push_back(test["valid"]);
      }
      const SchemaFile schema(group["schema"].dump());
      EXPECT_EQ(schema.verdicts(lines, {"--draft", draft, "--refs", suite + "remotes"}), expected)
          << draft << ": " << group["description"];
      compared += static_cast<int>(expected.size());
    }
  }
  EXPECT_GE(compared, 50);
}

TEST(SchemaShow, PrintsTheSchemaThatTheGatewayHasBuiltIn) {
  for (const char* name :
       {"chat_completions", "completions", "embeddings", "moderations", "responses"}) {
    const Ended run = penstock({"schema", "show", name});
    EXPECT_EQ(run.status, 0);
    std::ifstream file(PENSTOCK_SOURCE_DIR "/config/schemas/" + std::string(name) + ".json");
    EXPECT_EQ(run.out, std::string((std::istreambuf_iterator<char>(file)), {})) << name;
  }
  EXPECT_EQ(penstock({"schema", "show", "chat"}).status, 2);
}

}  // namespace
}  // namespace penstock::test
