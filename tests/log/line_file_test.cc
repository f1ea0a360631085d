#include "log/line_file.h"

#include <csignal>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/resource.h>

#include <gtest/gtest.h>

#include "support/temp_folder.h"

namespace penstock::internal {
namespace {

std::string content_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Files of this process grow to that size only, as on a full disk, while this lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    old_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit limit{bytes, old_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit old_{};
  void (*old_handler_)(int);
};

TEST(LineFile, WritesLinesAsTheyAre) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/log";
  auto file = LineFile::open(path);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->write("one\ntwo\n"), 0u);
  EXPECT_EQ(file->write(""), 0u);
  EXPECT_EQ(file->write("three\n"), 0u);
  EXPECT_EQ(content_of(path), "one\ntwo\nthree\n");
}

TEST(LineFile, NeverJoinsALineToTheRestOfABrokenOne) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/log";
  auto file = LineFile::open(path);
  ASSERT_TRUE(file);
  {
    const FileSizeLimit full_disk(6);
    EXPECT_EQ(file->write("one\ntwo\nthree\n"), 2u);
    EXPECT_EQ(file->write("four\n"), 1u);
  }
  EXPECT_EQ(file->write("five\n"), 0u);
  EXPECT_EQ(content_of(path), "one\ntw\nfive\n");
}

}  // namespace
}  // namespace penstock::internal
