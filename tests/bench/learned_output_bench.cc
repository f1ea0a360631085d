// What it costs to ask for the expected output of a request and to learn from its answer, in the
// worst case for memory: all pairs are in use, in random order, on one or two threads.
//
//   build/release/learned_output_bench

#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "interceptors/token_limit/learned_output.h"

namespace {

using penstock::token_limit::LearnedOutput;

void ask_and_learn(benchmark::State& state) {
  static LearnedOutput learned;
  std::vector<std::string> keys;
  for (std::int64_t i = 0; i < state.range(0); ++i)
    keys.push_back("principal-" + std::to_string(i));
  std::mt19937 random(static_cast<unsigned>(state.thread_index()));
  const penstock::MonotonicTime now{std::chrono::hours(1)};
  for (auto _ : state) {
    const std::string& key = keys[random() % keys.size()];
    benchmark::DoNotOptimize(learned.p95(key, "gpt-4o-mini-2024-07-18"));
    learned.learn(key, "gpt-4o-mini-2024-07-18", random() % 2000, now);
  }
}

BENCHMARK(ask_and_learn)->Arg(10)->Arg(3000)->Threads(1)->Threads(2);

}  // namespace

BENCHMARK_MAIN();
