// Bodies that are JSON and made to hurt whoever reads them: the gateway answers, and its memory
// stays in proportion to what it was sent.

#include <fstream>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "integration/faults.h"
#include "integration/fixture.h"

namespace penstock::test {
namespace {

constexpr std::size_t kMiB = 1 << 20;

struct Extreme {
  const char* name;
  std::string (*body)();
  int status;
};

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

/// A good chat with one member more.
std::string with(std::string_view name, const std::string& value) {
  return R"({"model":"m","messages":[{"role":"user","content":"x"}],")" + std::string(name) +
         "\":" + value + "}";
}

std::string with_messages(const std::string& messages) {
  return R"({"model":"m","messages":[)" + messages + "]}";
}

std::string text_of(std::string_view unit, std::size_t bytes) {
  return with_messages(R"({"role":"user","content":")" + repeated(unit, bytes / unit.size()) +
                       "\"}");
}

std::string many_keys() {
  std::string members = "0";
  for (int i = 0; i < 1'000'000; ++i) members += ",\"k" + std::to_string(i) + "\":0";
  return with("x", members);
}

constexpr std::size_t kMillion = 1'000'000;

/// The most memory that a process ever had, in bytes.
std::size_t peak_memory(int pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stoul(line.substr(6)) * 1024;
  }
  return 0;
}

class ExtremeJson : public testing::TestWithParam<Extreme> {};

TEST_P(ExtremeJson, IsAnsweredInBoundedMemory) {
  ScriptedUpstream provider;
  provider.on_every_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
  std::string settings = config(provider, "", ", limits: {max_body: 128MiB}");
  settings.replace(settings.find("tokens: 1M"), 10, "tokens: 1G");
  const GatewayProcess gateway(settings);
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  const auto chat = [&gateway](std::string_view body) {
    return fetch(gateway.port(), post(kChat, body, kKey));
  };
  EXPECT_EQ(chat(kHello).status(), 200);
  const std::size_t before = peak_memory(gateway.pid());
  const std::string body = GetParam().body();

  const Message answer = chat(body);

  EXPECT_EQ(answer.status(), GetParam().status) << answer.body;
  const auto requests = provider.requests();
  EXPECT_EQ(requests.size(), answer.status() == 200 ? 2U : 1U);
  EXPECT_TRUE(answer.status() != 200 || requests.back().body == body) << "not byte for byte";
  const std::size_t grown = peak_memory(gateway.pid()) - before;
  EXPECT_GT(before, 0U);
  // What a sanitizer remembers of the memory counts as well.
  const std::size_t factor = kSanitized ? 3 : 1;
  EXPECT_LT(grown, factor * (12 * body.size() + 64 * kMiB)) << "for " << body.size() << " bytes";
  RecordProperty("grown_mib", static_cast<int>(grown / kMiB));
  EXPECT_EQ(chat(kHello).status(), 200) << gateway.errors();
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, ExtremeJson,
    testing::Values(
        Extreme{"AMillionArraysDeep",
                [] { return with("x", repeated("[", kMillion) + repeated("]", kMillion)); }, 400},
        Extreme{"AMillionArraysOpen", [] { return repeated("[", kMillion); }, 400},
        Extreme{"AMillionObjectsDeep", [] { return with("x", repeated(R"({"a":)", kMillion)); },
                400},
        Extreme{"DeepInATool",
                [] { return with("tools", repeated(R"([{"function":)", kMillion / 10)); }, 400},
        Extreme{"AWholeNumberOf100000Digits", [] { return with("x", repeated("9", 100'000)); },
                400},
        Extreme{"AFractionOf100000Digits", [] { return with("x", "0." + repeated("3", 100'000)); },
                200},
        Extreme{"ZerosAndADigit", [] { return with("x", "0." + repeated("0", kMillion) + "1"); },
                200},
        Extreme{"AnExponentOf100000Digits", [] { return with("x", "1e" + repeated("9", 100'000)); },
                400},
        Extreme{"AMillionNumbers",
                [] { return with("x", "[0" + repeated(",1.5", kMillion) + "]"); }, 200},
        Extreme{"ATextOf100MB", [] { return text_of("x", 100 * kMiB); }, 200},
        Extreme{"EscapesOf20MB", [] { return text_of(R"(\u00e9)", 20 * kMiB); }, 200},
        Extreme{"AnOpenTextOf20MB", [] { return "{\"model\":\"" + repeated("x", 20 * kMiB); }, 400},
        Extreme{"WhiteSpaceOf20MB", [] { return repeated(" ", 20 * kMiB) + std::string(kHello); },
                200},
        Extreme{"ATextOf10MBForAName", [] { return with(repeated("k", 10 * kMiB), "0"); }, 200},
        Extreme{"AMillionKeys", &many_keys, 200},
        Extreme{"AMillionTimesTheSameKey",
                [] { return with("x", "0" + repeated(R"(,"max_tokens":1)", kMillion)); }, 400},
        Extreme{"AMillionMessages",
                [] {
                  const std::string message = R"({"role":"user","content":"x"})";
                  return with_messages(message + repeated("," + message, kMillion - 1));
                },
                400},
        Extreme{"AMillionTools",
                [] { return with("tools", "[{}" + repeated(",{}", kMillion) + "]"); }, 400},
        Extreme{
            "AMillionBiases",
            [] { return with("logit_bias", R"({"0":0)" + repeated(R"(,"1":1)", kMillion) + "}"); },
            400}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace penstock::test
