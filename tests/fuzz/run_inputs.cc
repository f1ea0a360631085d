// fuzz_TARGET FOLDER...
//
// Stands in for libFuzzer in builds without it: runs the target once for each file of the folders,
// so that seeds and past findings are checked by every run of the tests. Folders that are absent
// are passed over, but no input at all is a failure.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz/input.h"

namespace {

std::vector<std::filesystem::path> files_of(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code absent;
  for (const auto& entry : std::filesystem::directory_iterator(folder, absent)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void run(const std::filesystem::path& file) {
  std::cout << file.string() << std::endl;  // the last line names the input that ended the process
  std::ifstream input(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(input), std::istreambuf_iterator<char>()};
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t inputs = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& file : files_of(argv[i])) {
      run(file);
      ++inputs;
    }
  }
  if (inputs > 0) return 0;
  std::cerr << "no input in the given folders\n";
  return 1;
}
