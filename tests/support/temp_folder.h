#pragma once

#include <string>
#include <string_view>

namespace penstock::test {

/// A folder for one test, removed with all that is in it when this dies.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const noexcept { return path_; }
  /// Writes a file into the folder; the path of the file.
  std::string write(std::string_view name, std::string_view content) const;

 private:
  std::string path_;
};

}  // namespace penstock::test
