// What a JSON Schema costs: reading a chat request, judging it by the built-in schema, and the same
// by valijson over rapidjson; and following a text while a model writes it.
//
//   build/release/schema_bench
//
// scripts/bench --schema runs it and prints the ratios.

#include <string>

#include <benchmark/benchmark.h>
#include <rapidjson/document.h>
#include <valijson/adapters/rapidjson_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "bench/script.h"
#include "json/document.h"
#include "json/padding.h"
#include "schema/builtin.h"
#include "schema/prefix_validator.h"
#include "schema/schema.h"

namespace {

using namespace penstock;

// The requests of the other benchmarks.
std::string request_of(std::size_t bytes) {
  const auto script = bench::Script::parse("chat-600");
  std::string body = bench::make_request(*script, bench::StreamUsage::kAbsent, bytes);
  json::reserve_padding(body);
  return body;
}

void fail_unless(benchmark::State& state, bool fits) {
  if (!fits) state.SkipWithError("a request that fits was refused");
}

void parse_alone(benchmark::State& state) {
  const std::string text = request_of(static_cast<std::size_t>(state.range(0)));
  simdjson::dom::parser parser;
  for (auto _ : state) {
    const auto document = parser.parse(text.data(), text.size(), false);
    fail_unless(state, document.error() == simdjson::SUCCESS);
    benchmark::DoNotOptimize(document);
  }
}

void validate(benchmark::State& state) {
  const std::string text = request_of(static_cast<std::size_t>(state.range(0)));
  const auto schema = schema::Schema::compile(schema::builtin("chat_completions"));
  const auto document = json::Document::parse(text);
  for (auto _ : state) {
    const auto violation = schema->validate(*document);
    fail_unless(state, !violation);
    benchmark::DoNotOptimize(violation);
  }
}

void parse_and_validate(benchmark::State& state) {
  const std::string text = request_of(static_cast<std::size_t>(state.range(0)));
  const auto schema = schema::Schema::compile(schema::builtin("chat_completions"));
  for (auto _ : state) {
    const auto document = json::Document::parse(text);
    const auto violation = schema->validate(*document);
    fail_unless(state, !violation);
    benchmark::DoNotOptimize(violation);
  }
}

void valijson_parse_and_validate(benchmark::State& state) {
  const std::string text = request_of(static_cast<std::size_t>(state.range(0)));
  const std::string schema_text(schema::builtin("chat_completions"));
  rapidjson::Document schema_document;
  schema_document.Parse(schema_text.data(), schema_text.size());
  valijson::Schema schema;
  valijson::SchemaParser().populateSchema(valijson::adapters::RapidJsonAdapter(schema_document),
                                          schema);
  valijson::Validator validator;
  for (auto _ : state) {
    rapidjson::Document document;
    document.Parse(text.data(), text.size());
    const bool fits =
        validator.validate(schema, valijson::adapters::RapidJsonAdapter(document), nullptr);
    fail_unless(state, fits);
  }
}

/// A list of small objects, as a model writes structured output, in pieces of the size of a token.
void follow_while_written(benchmark::State& state) {
  const auto schema = schema::Schema::compile(
      R"({"type":"object","properties":{"items":{"type":"array","items":{"type":"object",)"
      R"("properties":{"name":{"type":"string","maxLength":200},)"
      R"("kind":{"enum":["circle","cube","cylinder"]},"price":{"type":"number","minimum":0},)"
      R"("count":{"type":"integer"},"tags":{"type":"array","items":{"type":"string"}},)"
      R"("note":{"type":["string","null"]}},"additionalProperties":false,)"
      R"("required":["name","kind","price","count","tags","note"]}}},"required":["items"]})");
  const schema::PrefixPlan plan(schema->plan());
  std::string text = R"({"items":[)";
  for (int i = 0; i < 500; ++i) {
    text += i == 0 ? "" : ",";
    text += R"({"name":"A thing with a name of some length","kind":"cylinder","price":12.5,)"
            R"("count":3,"tags":["red","large","heavy"],"note":null})";
  }
  text += "]}";
  const auto step = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    schema::PrefixValidator prefix(plan);
    bool fits = true;
    for (std::size_t at = 0; at < text.size() && fits; at += step) {
      fits = !prefix.feed(std::string_view(text).substr(at, step));
    }
    fail_unless(state, fits && !prefix.finish());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

constexpr int kSmall = 1'000;
constexpr int kLarge = 100'000;
BENCHMARK(parse_alone)->Arg(kSmall)->Arg(kLarge);
BENCHMARK(validate)->Arg(kSmall)->Arg(kLarge);
BENCHMARK(parse_and_validate)->Arg(kSmall)->Arg(kLarge);
BENCHMARK(valijson_parse_and_validate)->Arg(kSmall)->Arg(kLarge);
BENCHMARK(follow_while_written)->Arg(4)->Arg(64);

}  // namespace

BENCHMARK_MAIN();
