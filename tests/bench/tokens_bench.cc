// How fast texts are counted, for docs/benchmarks.md: build/release/tokens_bench. The texts are
// made here, so that the numbers can be repeated anywhere; a file of one's own may be named:
// PENSTOCK_BENCH_TEXT=FILE build/release/tokens_bench

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "tokens/encoding.h"

namespace penstock::tokens {
namespace {

constexpr std::size_t kSize = 1'000'000;

/// Words in the frequency in which a language has them: the n-th about 1/n as often as the first.
std::string prose(const std::vector<std::string>& words, const std::string& gap,
                  const std::string& stop) {
  std::mt19937 random(1);
  std::vector<double> weights;
  for (std::size_t i = 0; i < words.size(); ++i)
    weights.push_back(1.0 / static_cast<double>(i + 2));
  std::discrete_distribution<std::size_t> pick(weights.begin(), weights.end());
  std::string text;
  while (text.size() < kSize) {
    for (std::size_t left = 4 + random() % 14; left > 0; --left) {
      text += words[pick(random)] + (left > 1 ? gap : stop);
    }
  }
  return text;
}

std::string english() {
  return prose({"the",
                "of",
                "and",
                "to",
                "in",
                "a",
                "is",
                "that",
                "for",
                "it",
                "was",
                "on",
                "with",
                "as",
                "be",
                "at",
                "by",
                "this",
                "are",
                "or",
                "from",
                "which",
                "had",
                "not",
                "but",
                "have",
                "they",
                "river",
                "question",
                "answered",
                "therefore",
                "government",
                "beautiful",
                "Wednesday",
                "machine",
                "learning",
                "understanding",
                "temperature",
                "I",
                "we",
                "people",
                "thought",
                "between",
                "children",
                "walked",
                "quietly",
                "harbour",
                "ledger",
                "interesting",
                "Margaret",
                "photosynthesis",
                "recalibrated",
                "1984",
                "well-known",
                "don't",
                "it's",
                "unsentimental",
                "gossamer",
                "quince",
                "electrification"},
               " ", ". ");
}

std::string chinese() {
  return prose({"的",   "我们", "在",   "是",   "一个", "有",   "不",   "这",     "中国",
                "人",   "他",   "说",   "上",   "了",   "和",   "大",   "为",     "时间",
                "工作", "问题", "经济", "发展", "可以", "没有", "学生", "技术",   "系统",
                "研究", "语言", "模型", "今天", "天气", "非常", "漂亮", "图书馆", "政府",
                "城市", "河流", "历史", "文化", "音乐", "颜色", "温度", "机器",   "学习"},
               "", "。");
}

std::string japanese() {
  return prose(
      {"の",           "は",         "に",       "を",   "です", "ます",   "東京",
       "私",           "今日",       "雨",       "が",   "た",   "と",     "する",
       "という",       "ことが",     "できます", "会社", "学校", "先生",   "電車",
       "コンピュータ", "プログラム", "言語",     "情報", "研究", "新しい", "ありがとうございます",
       "お願いします"},
      "", "。");
}

std::string json() {
  std::mt19937 random(2);
  std::string text = "[";
  while (text.size() < kSize) {
    text += "{\"id\": " + std::to_string(random() % 100'000) + ", \"name\": \"customer " +
            std::to_string(random() % 900) +
            "\", \"active\": " + (random() % 2 ? "true" : "false") +
            ", \"tags\": [\"north\", \"retail\"], \"balance\": " + std::to_string(random() % 9000) +
            "." + std::to_string(random() % 100) +
            ", \"address\": {\"street\": \"Mill Lane\", \"city\": \"Leeds\"}},\n";
  }
  return text + "{}]";
}

std::string code() {
  std::mt19937 random(3);
  const std::vector<std::string> lines{
      "  for (std::size_t i = 0; i < values.size(); ++i) {\n",
      "    total += values[i] * kScale;\n",
      "  }\n",
      "  if (auto found = table.find(name); found != table.end()) return found->second;\n",
      "\n",
      "std::string render(const Options& options, std::string_view text) {\n",
      "  // The last one wins.\n",
      "  return {};\n",
      "}\n",
      "\tlog.info(\"connection closed after %d ms\", elapsed_ms);\n"};
  std::string text;
  while (text.size() < kSize) text += lines[random() % lines.size()];
  return text;
}

std::string repeated(const std::string& unit) {
  std::string text;
  while (text.size() < kSize) text += unit;
  return text;
}

std::string random_bytes() {
  std::mt19937 random(4);
  std::string text;
  while (text.size() < kSize) text += static_cast<char>(random());
  return text;
}

/// The worst that is known: each run has to be tried in many ways.
std::string runs() {
  std::mt19937 random(5);
  std::string text;
  while (text.size() < kSize) text += std::string(50 + random() % 250, '-') + "xyz"[random() % 3];
  return text;
}

void count(benchmark::State& state, const Encoding* encoding, const std::string& text) {
  std::uint64_t tokens = 0;
  for (auto _ : state) benchmark::DoNotOptimize(tokens = encoding->count(text));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
  state.counters["bytes_per_token"] =
      static_cast<double>(text.size()) / static_cast<double>(tokens);
}

void add(const std::string& what, const std::string& text) {
  for (const std::string& name : Encoding::names()) {
    benchmark::RegisterBenchmark((name + "/" + what).c_str(), count, Encoding::find(name), text)
        ->Unit(benchmark::kMillisecond);
  }
}

void add_all() {
  add("english", english());
  add("json", json());
  add("code", code());
  add("chinese", chinese());
  add("japanese", japanese());
  add("hostile_letter", repeated("a"));
  add("hostile_spaces", repeated(" "));
  add("hostile_ideograph", repeated("中"));
  add("hostile_bytes", random_bytes());
  add("hostile_runs", runs());
  const char* file = std::getenv("PENSTOCK_BENCH_TEXT");
  if (file == nullptr) return;
  std::ifstream input(file, std::ios::binary);
  add("file", {std::istreambuf_iterator<char>(input), std::istreambuf_iterator<char>()});
}

}  // namespace
}  // namespace penstock::tokens

int main(int argc, char** argv) {
  penstock::tokens::add_all();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
}
