#include "limits/remote/resp.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace penstock::limits::remote::test {
namespace {

using testing::HasSubstr;

/// All replies in the bytes, fed in pieces of that size, as text; "!" where they are no replies.
std::string read_all(std::string_view bytes, std::size_t piece) {
  const auto show = [](const auto& self, const Reply& reply) -> std::string {
    switch (reply.kind) {
      case Reply::Kind::kText:
        return "\"" + reply.text + "\"";
      case Reply::Kind::kError:
        return "error " + reply.text;
      case Reply::Kind::kInteger:
        return std::to_string(reply.integer);
      case Reply::Kind::kNull:
        return "null";
      case Reply::Kind::kList:
        break;
    }
    std::string text = "[";
    for (const Reply& item : reply.items) text += self(self, item) + " ";
    return text + "]";
  };
  ReplyReader reader;
  std::string text;
  while (true) {
    auto reply = reader.next();
    if (!reply) return text + "!";
    if (*reply) {
      text += show(show, **reply) + " ";
      continue;
    }
    if (bytes.empty()) return text + (reader.has_rest() ? "..." : "");
    reader.feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
}

struct Case {
  std::string bytes;
  std::string shown;
};

class Replies : public testing::TestWithParam<Case> {};

TEST_P(Replies, AreReadTheSameWholeAndByteByByte) {
  EXPECT_EQ(read_all(GetParam().bytes, 1), GetParam().shown);
  EXPECT_EQ(read_all(GetParam().bytes, 3), GetParam().shown);
  EXPECT_EQ(read_all(GetParam().bytes, 1 << 20), GetParam().shown);
}

INSTANTIATE_TEST_SUITE_P(
    Whole, Replies,
    testing::Values(Case{"+OK\r\n", "\"OK\" "}, Case{"-ERR no\r\n", "error ERR no "},
                    Case{":-42\r\n:7\r\n", "-42 7 "}, Case{"$5\r\na\r\nbc\r\n", "\"a\r\nbc\" "},
                    Case{"$0\r\n\r\n", "\"\" "}, Case{"$-1\r\n*-1\r\n", "null null "},
                    Case{"*0\r\n", "[] "},
                    Case{"*3\r\n:1\r\n*2\r\n$1\r\nx\r\n*0\r\n+y\r\n:9\r\n",
                         "[1 [\"x\" [] ] \"y\" ] 9 "}));

INSTANTIATE_TEST_SUITE_P(Half, Replies,
                         testing::Values(Case{"", ""}, Case{"+OK\r", "..."},
                                         Case{"$3\r\nab", "..."}, Case{"*2\r\n:1\r\n", "..."},
                                         Case{":1\r\n$3\r\nabc\r", "1 ..."}));

INSTANTIATE_TEST_SUITE_P(
    NoReplies, Replies,
    testing::Values(Case{"HTTP/1.1 400 Bad Request\r\n", "!"}, Case{"\r\n", "!"},
                    Case{":1\r\n:one\r\n", "1 !"}, Case{":99999999999999999999\r\n", "!"},
                    Case{"$16777217\r\n", "!"}, Case{"$-2\r\n", "!"}, Case{"*65537\r\n", "!"},
                    Case{"*-2\r\n", "!"}, Case{"$1\r\nabc\r\n", "!"}, Case{"%1\r\n", "!"},
                    Case{"*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n", "!"}));

TEST(Replies, ALineWithoutAnEndIsRefusedBeforeItGrows) {
  EXPECT_EQ(read_all("+" + std::string(5000, 'a'), 4096), "!");
}

TEST(Commands, HoldAnyByte) {
  std::string bytes;
  const std::string_view words[] = {"SET", std::string_view("a\0\r\n", 4), ""};
  append_command(bytes, words);
  EXPECT_EQ(bytes, std::string("*3\r\n$3\r\nSET\r\n$4\r\na\0\r\n\r\n$0\r\n\r\n", 29));
}

TEST(Errors, AreExplainedWithARemedy) {
  EXPECT_THAT(explain("OOM command not allowed"), HasSubstr("raise its maxmemory"));
  EXPECT_THAT(explain("MOVED 3999 10.0.0.2:6381"), HasSubstr("10.0.0.2:6381"));
  EXPECT_THAT(explain("NOAUTH Authentication required."), HasSubstr("set `password`"));
  EXPECT_THAT(explain("ERR something else"), HasSubstr("ERR something else"));
  EXPECT_LT(explain("ERR " + std::string(10'000, 'x')).size(), 400U);
}

}  // namespace
}  // namespace penstock::limits::remote::test
