#include "limits/journal.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "base/text.h"

namespace penstock::limits::internal {

Descriptor::Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Error failure_of_system(std::string_view what, std::string_view name, int code) {
  return internal_error(
      concat({"cannot ", what, " `", name, "`: ", std::generic_category().message(code)}));
}

Result<Journal> Journal::open(const Descriptor& folder, const std::string& name) {
  Descriptor file(::openat(folder.number(), name.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (file.number() < 0) {
    if (errno == ENOENT) return Journal();
    return failure_of_system("open", name, errno);
  }
  struct stat facts {};
  if (::fstat(file.number(), &facts) != 0) return failure_of_system("read", name, errno);
  Journal journal(std::move(file), name);
  journal.size_ = static_cast<std::uint64_t>(facts.st_size);
  return journal;
}

Result<Journal> Journal::create(const Descriptor& folder, const std::string& name) {
  constexpr int kFlags = O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW;
  Descriptor file(::openat(folder.number(), name.c_str(), kFlags, S_IRUSR | S_IWUSR));
  if (file.number() < 0) return failure_of_system("make", name, errno);
  return Journal(std::move(file), name);
}

Result<std::string> Journal::read(std::uint64_t offset, std::size_t most) const {
  std::string bytes(most, '\0');
  std::size_t filled = 0;
  while (filled < most) {
    const ssize_t got = ::pread(file_.number(), bytes.data() + filled, most - filled,
                                static_cast<off_t>(offset + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure_of_system("read", name_, errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

Result<void> Journal::append(std::string_view piece) {
  std::size_t done = 0;
  while (done < piece.size()) {
    const ssize_t wrote = ::pwrite(file_.number(), piece.data() + done, piece.size() - done,
                                   static_cast<off_t>(size_ + done));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) {
      const int code = errno;
      if (done > 0) static_cast<void>(cut(size_));
      return failure_of_system("write", name_, code);
    }
    done += static_cast<std::size_t>(wrote);
  }
  size_ += piece.size();
  return {};
}

Result<void> Journal::sync() {
  if (::fdatasync(file_.number()) != 0) return failure_of_system("write", name_, errno);
  return {};
}

Result<void> Journal::cut(std::uint64_t size) {
  if (::ftruncate(file_.number(), static_cast<off_t>(size)) != 0) {
    return failure_of_system("cut", name_, errno);
  }
  size_ = size;
  return {};
}

Result<void> Journal::rename(const Descriptor& folder, const std::string& name) {
  if (::renameat(folder.number(), name_.c_str(), folder.number(), name.c_str()) != 0) {
    return failure_of_system("make", name, errno);
  }
  name_ = name;
  if (::fsync(folder.number()) != 0) return failure_of_system("write the folder of", name, errno);
  return {};
}

}  // namespace penstock::limits::internal
