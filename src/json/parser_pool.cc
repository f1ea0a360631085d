#include "json/parser_pool.h"

#include <algorithm>
#include <bit>
#include <new>
#include <utility>
#include <vector>

#include "json/document.h"

namespace penstock::json {

namespace {

using Parser = simdjson::dom::parser;

constexpr std::size_t kMinCapacity = 16 * 1024;

std::vector<std::unique_ptr<Parser>>& pool() noexcept {
  thread_local std::vector<std::unique_ptr<Parser>> parsers;
  return parsers;
}

// simdjson grows to exactly what the next text needs, which would allocate anew for each body that
// is a byte longer than the last one; kept parsers therefore grow in powers of two.
std::size_t capacity_for(std::size_t text_size) {
  if (text_size > kMaxIdleCapacity) return text_size;
  return std::bit_ceil(std::max(text_size, kMinCapacity));
}

bool make_room(Parser& parser, std::size_t text_size) {
  if (parser.capacity() >= text_size && parser.doc.capacity() >= text_size) return true;
  const std::size_t capacity = capacity_for(text_size);
  return parser.allocate(capacity, kMaxDepth) == simdjson::SUCCESS &&
         parser.doc.allocate(capacity) == simdjson::SUCCESS;
}

}  // namespace

std::unique_ptr<Parser> take_parser(std::size_t text_size) {
  auto& idle = pool();
  idle.reserve(kMaxIdleParsers);  // here, since to give one back must not fail
  std::unique_ptr<Parser> parser;
  if (idle.empty()) {
    parser.reset(new (std::nothrow) Parser);
  } else {
    parser = std::move(idle.back());
    idle.pop_back();
  }
  // An empty text still needs an allocated parser to be refused by.
  if (parser == nullptr || !make_room(*parser, std::max<std::size_t>(text_size, 1))) return nullptr;
  return parser;
}

void give_back_parser(std::unique_ptr<Parser> parser) noexcept {
  if (parser == nullptr || parser->capacity() > kMaxIdleCapacity) return;
  if (parser->max_depth() != kMaxDepth) return;
  auto& idle = pool();
  if (idle.size() < std::min(idle.capacity(), kMaxIdleParsers)) idle.push_back(std::move(parser));
}

std::size_t idle_parsers() noexcept {
  return pool().size();
}

}  // namespace penstock::json
