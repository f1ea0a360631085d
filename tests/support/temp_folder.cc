#include "support/temp_folder.h"

#include <filesystem>
#include <fstream>
#include <stdlib.h>

#include <gtest/gtest.h>

namespace penstock::test {

TempFolder::TempFolder()
    : path_((std::filesystem::temp_directory_path() / "penstock-test-XXXXXX").string()) {
  if (mkdtemp(path_.data()) == nullptr) ADD_FAILURE() << "cannot make the folder " << path_;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TempFolder::write(std::string_view name, std::string_view content) const {
  std::string file = path_ + "/" + std::string(name);
  std::ofstream(file, std::ios::binary) << content;
  return file;
}

}  // namespace penstock::test
