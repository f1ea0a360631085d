// Replies of a Valkey or Redis server. However they are cut, they read the same; what is written as
// a command reads back as its words.

#include "limits/remote/resp.h"

#include <optional>
#include <string>
#include <vector>

#include "fuzz/input.h"
#include "fuzz/require.h"
#include "limits/remote/wire.h"

namespace {

using namespace penstock;
using namespace penstock::fuzz;
using limits::remote::Reply;
using limits::remote::ReplyReader;

/// In a form in which different replies are different.
void show(const Reply& reply, std::string& text) {
  text += static_cast<char>('a' + static_cast<int>(reply.kind));
  if (reply.kind == Reply::Kind::kInteger) text += std::to_string(reply.integer);
  text += std::to_string(reply.text.size()) + ":" + reply.text + "[";
  for (const Reply& item : reply.items) show(item, text);
  text += "]";
}

std::string read_all(const Pieces& pieces) {
  ReplyReader reader;
  std::string text;
  for (const std::string_view piece : pieces) {
    reader.feed(ExactCopy(piece).text());
    while (true) {
      auto reply = reader.next();
      if (!reply) return text + "!";
      if (!*reply) break;
      show(**reply, text);
      if (const auto answer = limits::remote::read_answer(**reply, 1)) {
        require(answer->meters.size() <= 1, "an answer is about as many meters as were asked for");
      }
    }
  }
  return text + (reader.has_rest() ? "..." : "");
}

void check_command(const Pieces& words) {
  std::string bytes;
  limits::remote::append_command(bytes, words);
  ReplyReader reader;
  reader.feed(bytes);
  const auto command = reader.next();
  require(command && *command, "a command is whole");
  require((*command)->items.size() == words.size(), "a command has its words");
  for (std::size_t i = 0; i < words.size(); ++i) {
    require_equal((*command)->items[i].text, words[i], "a word is what was written");
  }
  require(!reader.has_rest(), "a command ends where it ends");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const Cuts cuts(input);
  const std::string_view text = input.rest();
  const std::string whole = read_all({text});
  for (const Pieces& pieces : cuts.of(text)) {
    require_equal(read_all(pieces), whole, "replies read the same however they are cut");
    check_command(pieces);
  }
  return 0;
}
