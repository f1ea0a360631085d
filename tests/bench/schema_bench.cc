// What a JSON Schema costs: reading a chat request, judging it by the built-in schema, and the same
// by valijson over rapidjson.
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

constexpr int kSmall = 1'000;
constexpr int kLarge = 100'000;
BENCHMARK(parse_alone)->Arg(kSmall)->Arg(kLarge);
BENCHMARK(validate)->Arg(kSmall)->Arg(kLarge);
BENCHMARK(parse_and_validate)->Arg(kSmall)->Arg(kLarge);
BENCHMARK(valijson_parse_and_validate)->Arg(kSmall)->Arg(kLarge);

}  // namespace

BENCHMARK_MAIN();
