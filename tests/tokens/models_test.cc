#include "tokens/models.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "config/config.h"

namespace penstock::tokens {
namespace {

std::string family(std::string_view name) {
  return Models::builtin().find(name).family;
}
std::string_view encoding(std::string_view name) {
  return Models::builtin().find(name).encoding->name();
}

std::string errors(const std::string& yaml) {
  config::Diagnostics diagnostics;
  Models::parse(yaml, "models.yaml", diagnostics);
  return config::to_text(diagnostics);
}

/// A file with one family more than it needs.
std::string with(const std::string& members) {
  return "families:\n  all: {models: ['*'], encoding: o200k_base}\n  one: {" + members + "}\n";
}

TEST(Models, KnowTheEncodingOfEachModelOfOpenAi) {
  for (const char* name :
       {"gpt-4o", "gpt-4o-mini", "gpt-4o-2024-08-06", "chatgpt-4o-latest", "gpt-4.1-nano",
        "gpt-4.5-preview", "o1", "o1-mini", "o3", "o3-pro", "o4-mini", "gpt-5", "gpt-5.1-codex",
        "ft:gpt-4o-mini:org::id", "gpt-realtime", "codex-mini-latest", "something-new"}) {
    EXPECT_EQ(encoding(name), "o200k_base") << name;
  }
  for (const char* name :
       {"gpt-4", "gpt-4-0613", "gpt-4-turbo", "gpt-3.5-turbo", "gpt-3.5-turbo-0125", "gpt-35-turbo",
        "gpt-35-turbo-16k", "text-embedding-ada-002", "text-embedding-3-small", "davinci-002",
        "ft:gpt-4-0613:org", "ft:gpt-3.5-turbo-1106:org"}) {
    EXPECT_EQ(encoding(name), "cl100k_base") << name;
  }
  EXPECT_EQ(encoding("gpt-oss-120b"), "o200k_harmony");
  EXPECT_EQ(encoding("text-davinci-003"), "p50k_base");
  EXPECT_EQ(encoding("code-davinci-002"), "p50k_base");
  EXPECT_EQ(encoding("davinci"), "r50k_base");
  EXPECT_EQ(encoding("text-search-ada-doc-001"), "r50k_base");
}

TEST(Models, TakeTheExactNameThenTheLongestBeginning) {
  EXPECT_EQ(family("gpt-4o"), "gpt-4o");
  EXPECT_EQ(family("gpt-4o-mini"), "gpt-4o-mini");
  EXPECT_EQ(family("gpt-4o-mini-2024-07-18"), "gpt-4o-mini");
  EXPECT_EQ(family("gpt-4o-min"), "gpt-4o");
  EXPECT_EQ(family("gpt-5-nano"), "gpt-5-nano");
  EXPECT_EQ(family("gpt-5.2"), "gpt-5");
  EXPECT_EQ(family("gpt-6"), "others");
  EXPECT_EQ(family(""), "others");
  EXPECT_EQ(family("*"), "others");
}

TEST(Models, LookBehindASlashWhereTheWholeNameIsUnknown) {
  EXPECT_EQ(family("openai/gpt-4o"), "gpt-4o");
  EXPECT_EQ(family("openrouter/openai/gpt-4o-mini"), "gpt-4o-mini");
  EXPECT_EQ(family("meta-llama/unheard-of"), "llama-and-others");
  EXPECT_EQ(family("openai/"), "others");
}

TEST(Models, CompareWithoutCase) {
  EXPECT_EQ(family("GPT-4o"), "gpt-4o");
  EXPECT_EQ(family("mistralai/Mixtral-8x7B"), "mistral");
}

TEST(Models, EstimateThoseWithoutAPublicTokenizer) {
  const Model& claude = Models::builtin().find("anthropic/claude-sonnet-4-20250514");
  EXPECT_EQ(claude.family, "claude-older");
  EXPECT_EQ(claude.factor, 1250u);
  EXPECT_EQ(claude.margin, 200u);
  EXPECT_FALSE(claude.exact);
  EXPECT_EQ(family("us.anthropic.claude-3-haiku-20240307-v1:0"), "claude");
}

TEST(Models, ReadEveryRule) {
  config::Diagnostics diagnostics;
  const Models models = Models::parse(
      "families:\n"
      "  one:\n"
      "    models: '*'\n"
      "    encoding: cl100k_base\n"
      "    factor: 1.5\n"
      "    margin: 0.125\n"
      "    chat: {reply: 1, message: 2, name: 3, definitions: 4, shared_system: 5, no_choice: 6, "
      "named_choice: 7,\n"
      "           call: 8, function_result: 9}\n"
      "    image: {kind: patches, most: 10, factor: 2}\n"
      "    audio_bytes: 11\n"
      "    file_bytes: 12\n",
      "models.yaml", diagnostics);
  EXPECT_EQ(config::to_text(diagnostics), "");
  const Model& model = models.find("any");
  EXPECT_EQ(model.factor, 1500u);
  EXPECT_EQ(model.margin, 125u);
  const ChatRule& chat = model.chat;
  EXPECT_EQ((std::vector{chat.reply, chat.message, chat.name, chat.definitions, chat.shared_system,
                         chat.no_choice, chat.named_choice, chat.call, chat.function_result}),
            (std::vector<std::uint32_t>{1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_EQ(model.image.kind, ImageRule::Kind::kPatches);
  EXPECT_EQ(model.image.most, 10u);
  EXPECT_EQ(model.image.factor, 2000u);
  EXPECT_EQ(model.audio_bytes, 11u);
  EXPECT_EQ(model.file_bytes, 12u);
}

TEST(Models, AreValuesThatOutliveTheirSource) {
  Models copy;
  {
    config::Diagnostics diagnostics;
    const Models models = Models::parse(with("models: x-*, encoding: r50k_base"), "f", diagnostics);
    copy = models;
  }
  EXPECT_EQ(copy.find("x-1").family, "one");
  EXPECT_EQ(copy.find("y").family, "all");
}

TEST(ModelsErrors, HaveALineAndARemedy) {
  EXPECT_EQ(errors(with("models: [x], encoding: o200kbase")),
            "models.yaml:3:32: families.one.encoding: no encoding has this name; did you mean "
            "`o200k_base`?\n");
  EXPECT_EQ(
      errors(with("models: [x], encodng: o200k_base")),
      "models.yaml:3:8: families.one: `encoding` is missing\n"
      "models.yaml:3:22: families.one.encodng: unknown key `encodng`; did you mean `encoding`?\n");
  EXPECT_EQ(errors(with("encoding: o200k_base")),
            "models.yaml:3:8: families.one: `models` is missing\n");
  EXPECT_EQ(errors("families: {a: {models: [x], encoding: o200k_base}}"),
            "models.yaml:1:11: families: no family takes the models that no other one names; give "
            "one `models: "
            "[\"*\"]`\n");
  EXPECT_EQ(errors("families: 3"),
            "models.yaml:1:11: families: expected a map from a family's name to its rules\n");
}

TEST(ModelsErrors, RefuseNamesThatNobodyCouldMeet) {
  for (const char* name : {"GPT-4", "a*b", "''"}) {
    EXPECT_NE(errors(with("models: [" + std::string(name) + "], encoding: o200k_base"))
                  .find("write a name in lower case, with `*` at its end alone"),
              std::string::npos)
        << name;
  }
  EXPECT_EQ(errors(with("models: [x*, 'x*'], encoding: o200k_base")),
            "models.yaml:3:22: families.one.models[1]: `x*` stands in line 3 already; remove "
            "one of them\n");
}

TEST(ModelsErrors, RefuseNumbersOutOfRange) {
  const std::string head = "models: [x], encoding: o200k_base, ";
  for (const char* factor :
       {"0", "0.09", "10.001", "1.2345", "-1", "'1,5'", "1.", ".5", "x", "[1]", "12345"}) {
    EXPECT_NE(errors(with(head + "factor: " + factor)).find("expected a number from 0.1 to 10"),
              std::string::npos)
        << factor;
  }
  EXPECT_EQ(errors(with(head + "factor: 10")), "");
  EXPECT_EQ(errors(with(head + "margin: 0")), "");
  EXPECT_NE(errors(with(head + "margin: 11")), "");
  EXPECT_NE(errors(with(head + "chat: {message: 1000001}")).find("must be between 0 and 1000000"),
            std::string::npos);
  EXPECT_NE(errors(with(head + "exact: true, factor: 1.1")).find("remove it, or `exact`"),
            std::string::npos);
}

TEST(ModelsErrors, RefusePicturesThatAreHalfDescribed) {
  const std::string head = "models: [x], encoding: o200k_base, image: ";
  EXPECT_NE(errors(with(head + "{}")).find("`kind` is missing"), std::string::npos);
  EXPECT_NE(errors(with(head + "{kind: tiles, base: 3}")).find("`tile` is missing"),
            std::string::npos);
  EXPECT_NE(errors(with(head + "{kind: pixels, per_token: 0, most: 1}")), "");
  EXPECT_NE(errors(with(head + "{kind: fixed, base: 3}")).find("unknown key `base`"),
            std::string::npos);
  EXPECT_NE(errors(with(head + "{kind: squares}")).find("expected one of"), std::string::npos);
}

TEST(Models, CarryTheFileOfTheSources) {
  std::ifstream file(std::filesystem::path(PENSTOCK_SOURCE_DIR) / "config/models/tokens.yaml");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(errors(text.str()), "");
}

}  // namespace
}  // namespace penstock::tokens
