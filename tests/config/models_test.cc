#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/support.h"

namespace penstock::config::testing {
namespace {

using ::testing::HasSubstr;

/// Two upstreams, `openai` and `demo`, and these models.
Loaded load_models(const std::string& models) {
  return try_load("upstreams: {openai: {}, demo: {kind: demo}}\n" + models);
}

std::string target(const Config& config, std::string_view model) {
  const auto found = find_target(config, model);
  return found.upstream + "/" + found.model;
}

TEST(Models, AreFoundByNameElseByTheStar) {
  const auto loaded = load_models(
      "models: {fast: {upstream: openai, model: gpt-4o-mini}, own: {upstream: demo}, "
      "\"*\": {upstream: openai}}");
  ASSERT_EQ(loaded.errors, "");
  EXPECT_EQ(target(loaded.config, "fast"), "openai/gpt-4o-mini");
  EXPECT_EQ(target(loaded.config, "own"), "demo/own");
  EXPECT_EQ(target(loaded.config, "gpt-4.1"), "openai/gpt-4.1");
}

TEST(Models, WithoutAStarAreAllThereIs) {
  const auto loaded = load_models("models: {own: {upstream: demo}}");
  ASSERT_EQ(loaded.errors, "");
  EXPECT_EQ(target(loaded.config, "other"), "/");
  EXPECT_EQ(target(loaded.config, ""), "/");
}

TEST(Models, MayMapEveryNameToOneModel) {
  const auto loaded = load_models("models: {\"*\": {upstream: openai, model: gpt-4o-mini}}");
  ASSERT_EQ(loaded.errors, "");
  EXPECT_EQ(target(loaded.config, "anything"), "openai/gpt-4o-mini");
}

TEST(Models, LeftOutAllGoToTheOnlyUpstream) {
  const auto loaded = try_load("upstreams: {mine: {kind: demo}}");
  ASSERT_EQ(loaded.errors, "");
  EXPECT_EQ(target(loaded.config, "anything"), "mine/anything");
}

struct Refusal {
  const char* models;
  const char* errors;
};

class RefusedModels : public ::testing::TestWithParam<Refusal> {};

TEST_P(RefusedModels, AreReportedWithTheRemedy) {
  EXPECT_EQ(load_models(GetParam().models).errors, GetParam().errors);
}

INSTANTIATE_TEST_SUITE_P(
    Models, RefusedModels,
    ::testing::Values(
        Refusal{"",
                "p.yaml:1:1: models: `models` is missing, and there are several upstreams; say "
                "which one serves what, for example `models: {\"*\": {upstream: demo}}`\n"},
        Refusal{"models: {}",
                "p.yaml:2:9: models: expected a map from a model's name to `{upstream: NAME, "
                "model: NAME}`\n"},
        Refusal{"models: [fast]",
                "p.yaml:2:9: models: expected a map from a model's name to `{upstream: NAME, "
                "model: NAME}`\n"},
        Refusal{"models: {fast: openai}",
                "p.yaml:2:16: models.fast: expected a map such as `{upstream: demo}`\n"},
        Refusal{"models:\n  fast:\n",
                "p.yaml:3:3: models.fast: expected a map such as `{upstream: demo}`\n"},
        Refusal{"models:\n  \"gpt-4.1\":\n    model: x\n",
                "p.yaml:3:3: models[\"gpt-4.1\"]: `upstream` is missing\n"},
        Refusal{"models: {fast: {upstream: opnai}}",
                "p.yaml:2:27: models.fast.upstream: no upstream has this name; did you mean "
                "`openai`?\n"},
        Refusal{"models: {fast: {upstream: somewhere}}",
                "p.yaml:2:27: models.fast.upstream: no upstream has this name; known: `demo` and "
                "`openai`\n"},
        Refusal{"models: {fast: {upstream: demo, modl: x}}",
                "p.yaml:2:33: models.fast.modl: unknown key `modl`; did you mean `model`?\n"},
        Refusal{"models: {fast: {upstream: [demo]}}",
                "p.yaml:2:27: models.fast.upstream: expected a text\n"}));

}  // namespace
}  // namespace penstock::config::testing
