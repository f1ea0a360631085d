#include "gateway/file_watch.h"

#include <chrono>
#include <filesystem>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include "support/socket.h"
#include "support/temp_folder.h"

namespace penstock::gateway {
namespace {

namespace fs = std::filesystem;
using penstock::test::TempFolder;
using ::testing::Contains;
using ::testing::UnorderedElementsAre;

TEST(FoldersToWatch, AreThoseOfTheFiles) {
  EXPECT_THAT(folders_to_watch({"/etc/penstock/penstock.yaml", "/etc/penstock/key", "/tls/a.pem"}),
              UnorderedElementsAre("/etc/penstock", "/tls"));
}

TEST(FoldersToWatch, AreThoseOfTheLinksOnTheWayToo) {
  const TempFolder folder;
  const fs::path root = folder.path();
  fs::create_directories(root / "etc");
  fs::create_directories(root / "data/one");
  folder.write("data/one/penstock.yaml", "");
  fs::create_directory_symlink(root / "data/one", root / "data/current");
  fs::create_symlink("../data/current/penstock.yaml", root / "etc/penstock.yaml");

  const auto folders = folders_to_watch({(root / "etc/penstock.yaml").string()});

  EXPECT_THAT(folders, Contains((root / "etc").string()));           // the link may be replaced
  EXPECT_THAT(folders, Contains((root / "data").string()));          // or `current`
  EXPECT_THAT(folders, Contains((root / "data/current").string()));  // or the file itself
}

TEST(FoldersToWatch, EndWhereLinksGoInCircles) {
  const TempFolder folder;
  const fs::path root = folder.path();
  fs::create_symlink(root / "b", root / "a");
  fs::create_symlink(root / "a", root / "b");
  EXPECT_THAT(folders_to_watch({(root / "a").string()}), Contains(root.string()));
}

class Watching : public testing::Test {
 protected:
  bool told() {
    told_ = false;
    io_.restart();
    io_.run_for(test::kPatience);  // ended by the callback
    return told_;
  }

  TempFolder folder_;
  fs::path root_ = folder_.path();
  bool told_ = false;
  boost::asio::io_context io_;
  FileWatch watch_{io_, [this] {
                     told_ = true;
                     io_.stop();
                   }};
};

TEST_F(Watching, TellsOfAFileThatIsWritten) {
  const std::string file = folder_.write("penstock.yaml", "one");
  watch_.watch({file});
  folder_.write("penstock.yaml", "two");
  EXPECT_TRUE(told());
}

TEST_F(Watching, TellsOfAFileThatIsRenamedOverTheOldOne) {
  const std::string file = folder_.write("penstock.yaml", "one");
  watch_.watch({file});
  fs::rename(folder_.write(".penstock.yaml.swp", "two"), file);
  EXPECT_TRUE(told());
}

TEST_F(Watching, TellsOfALinkThatIsSwapped) {
  // As Kubernetes updates a mounted ConfigMap.
  fs::create_directories(root_ / "..one");
  fs::create_directories(root_ / "..two");
  folder_.write("..one/penstock.yaml", "one");
  folder_.write("..two/penstock.yaml", "two");
  fs::create_directory_symlink("..one", root_ / "..data");
  fs::create_symlink("..data/penstock.yaml", root_ / "penstock.yaml");
  watch_.watch({(root_ / "penstock.yaml").string()});

  fs::create_directory_symlink("..two", root_ / "..data_tmp");
  fs::rename(root_ / "..data_tmp", root_ / "..data");

  EXPECT_TRUE(told());
}

TEST_F(Watching, FollowsTheFilesOfTheLatestCall) {
  const TempFolder other;
  watch_.watch({folder_.write("penstock.yaml", "one")});
  const std::string file = other.write("penstock.yaml", "one");
  watch_.watch({file});
  other.write("penstock.yaml", "two");
  EXPECT_TRUE(told());
}

}  // namespace
}  // namespace penstock::gateway
