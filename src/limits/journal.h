#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "penstock/result.h"

namespace penstock::limits::internal {

/// A file descriptor that is closed when this dies.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();
  int number() const noexcept { return number_; }

 private:
  int number_;
};

/// "cannot WHAT `NAME`: " and the system's word for `code`.
Error failure_of_system(std::string_view what, std::string_view name, int code);

/// A file that only grows, by pieces that are there as a whole or not at all. Used by one thread at
/// a time; blocks. Errors name the file.
class Journal {
 public:
  Journal() = default;
  /// Opens `name` in a folder to go on with it. A file that is not there is no error: is_open() is
  /// false then.
  static Result<Journal> open(const Descriptor& folder, const std::string& name);
  /// Makes it, or begins one of that name anew.
  static Result<Journal> create(const Descriptor& folder, const std::string& name);

  bool is_open() const noexcept { return file_.number() >= 0; }
  std::uint64_t size() const noexcept { return size_; }
  /// Up to that many bytes at an offset; fewer only at the end.
  Result<std::string> read(std::uint64_t offset, std::size_t most) const;
  /// Adds a piece, in one write where the system takes it whole. After an error nothing of it is in
  /// the file, if the file can be cut at all.
  Result<void> append(std::string_view piece);
  /// Returns when everything is on the disk. After an error nobody knows what is.
  Result<void> sync();
  Result<void> cut(std::uint64_t size);
  /// Puts this in the place of another file of the folder, for good.
  Result<void> rename(const Descriptor& folder, const std::string& name);

 private:
  Journal(Descriptor file, std::string name) : file_(std::move(file)), name_(std::move(name)) {}

  Descriptor file_;
  std::string name_;
  std::uint64_t size_ = 0;
};

}  // namespace penstock::limits::internal
