#include "upstream/models.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace penstock::upstream {
namespace {

config::Config config_with(std::map<std::string, penstock::Target> models) {
  config::Config config;
  config.upstreams["openai"].kind = config::UpstreamOptions::Kind::kOpenai;
  config.upstreams["demo"].kind = config::UpstreamOptions::Kind::kDemo;
  config.models = std::move(models);
  return config;
}

nlohmann::json get(const config::Config& config, std::string_view path) {
  const auto response = list_models(config, path);
  if (!response) return nullptr;
  return nlohmann::json::parse(response->body.whole());
}

TEST(Models, ListsTheConfiguredNamesInTheShapeThatStrictClientsWant) {
  const auto config = config_with({{"fast", {"openai", "gpt"}}, {"*", {"openai", ""}}});
  const auto list = get(config, "/models");
  EXPECT_EQ(list["object"], "list");
  ASSERT_EQ(list["data"].size(), 1u);
  EXPECT_EQ(list["data"][0],
            (nlohmann::json{
                {"id", "fast"}, {"object", "model"}, {"created", 0}, {"owned_by", "openai"}}));
}

TEST(Models, ListsTheDemosModelsWhereEveryNameLeadsToIt) {
  const auto list = get(config_with({{"*", {"demo", ""}}}), "/models");
  EXPECT_EQ(list["data"].size(), 5u);
  EXPECT_EQ(list["data"][0]["id"], "demo");
}

TEST(Models, GivesOneModelByItsEncodedName) {
  const auto config = config_with({{"org/name", {"openai", ""}}});
  EXPECT_EQ(get(config, "/models/org%2Fname")["id"], "org/name");
  EXPECT_EQ(get(config, "/models/org/name")["id"], "org/name");
  const auto unknown = list_models(config, "/models/other");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, ErrorKind::kModelNotFound);
}

TEST(Models, AnyNameIsAModelWhereAllAreForwarded) {
  EXPECT_EQ(get(config_with({{"*", {"openai", ""}}}), "/models/gpt-9")["owned_by"], "openai");
}

}  // namespace
}  // namespace penstock::upstream
