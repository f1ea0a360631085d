// make_token_tables FOLDER OUTPUT
//
// Makes the tables of all vocabularies, which the program carries, of the official files in FOLDER.

#include <array>
#include <fstream>
#include <future>

#include "tokens/layout.h"
#include "tokens/tables/merges.h"
#include "tokens/tables/trie.h"
#include "tokens/tables/vocabulary_file.h"

namespace penstock::tokens::tables {

namespace {

struct Source {
  const char* name;
  const char* sha256;
};
/// In the order of Vocabulary.
constexpr std::array<Source, kVocabularies> kSources{
    {{"r50k_base", "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930"},
     {"p50k_base", "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069"},
     {"cl100k_base", "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"},
     {"o200k_base", "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"}}};

struct Tables {
  std::vector<Unit> units;
  std::vector<TokenRecord> records;
};

TokenRecord record_of(const std::string& token, const Merge& merge, std::uint32_t end) {
  TokenRecord record{};
  if (token.size() > kLongestToken) fail("a token is too long");
  record.left = merge.left & kMostTokens;
  record.right = merge.right & kMostTokens;
  record.unit = end & (kMostUnits - 1);
  record.length = token.size() & 0xFF;
  return record;
}

Tables make_tables(const std::string& folder, const Source& source) {
  const auto tokens = read_vocabulary(folder + "/" + source.name + ".tiktoken", source.sha256);
  if (tokens.size() > kMostTokens) fail("too many tokens");
  for (std::size_t rank = 0; rank < tokens.size(); ++rank) {
    if ((tokens[rank].size() == 1) != (rank < kSingleBytes)) {
      fail("the single bytes are not the tokens of the lowest ranks");
    }
  }
  const std::vector<Merge> merges = find_merges(tokens);
  Trie trie = make_trie(tokens);
  Tables tables{std::move(trie.units), {}};
  tables.records.reserve(tokens.size());
  for (std::size_t rank = 0; rank < tokens.size(); ++rank) {
    tables.records.push_back(record_of(tokens[rank], merges[rank], trie.ends[rank]));
  }
  return tables;
}

template <class T>
void write(std::ofstream& file, const T* items, std::size_t count) {
  file.write(reinterpret_cast<const char*>(items), static_cast<std::streamsize>(count * sizeof(T)));
}

void write_all(const std::string& path, const std::vector<Tables>& all) {
  Header header{};
  std::uint64_t at = sizeof header;
  for (std::size_t i = 0; i < kVocabularies; ++i) {
    Extent& extent = header.vocabularies[i];
    extent.units_at = at;
    extent.unit_count = all[i].units.size();
    extent.tokens_at = at + extent.unit_count * sizeof(Unit);
    extent.token_count = all[i].records.size();
    at = extent.tokens_at + extent.token_count * sizeof(TokenRecord);
  }
  std::ofstream file(path, std::ios::binary);
  write(file, &header, 1);
  for (const Tables& tables : all) {
    write(file, tables.units.data(), tables.units.size());
    write(file, tables.records.data(), tables.records.size());
  }
  file.close();
  if (!file) fail("cannot write " + path);
}

void make_all(const std::string& folder, const std::string& output) {
  std::vector<std::future<Tables>> running;
  running.reserve(kSources.size());
  for (const Source& source : kSources) {
    running.push_back(std::async(std::launch::async, make_tables, folder, source));
  }
  std::vector<Tables> all;
  all.reserve(running.size());
  for (auto& one : running) all.push_back(one.get());
  write_all(output, all);
}

}  // namespace

}  // namespace penstock::tokens::tables

int main(int argc, char** argv) {
  using namespace penstock::tokens::tables;
  if (argc != 3) fail("usage: make_token_tables FOLDER OUTPUT");
  make_all(argv[1], argv[2]);
}
