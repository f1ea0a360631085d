#include "gateway/file_watch.h"

#include <array>
#include <chrono>
#include <filesystem>
#include <sys/inotify.h>
#include <unistd.h>
#include <utility>

#include <boost/asio/io_context.hpp>

#include "gateway/insist.h"

namespace penstock::gateway {

namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

using namespace std::chrono_literals;
constexpr auto kSettleTime = 100ms;
constexpr int kMaxLinks = 40;  // as path_resolution(7) has it

constexpr std::uint32_t kEvents =
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ATTRIB | IN_ONLYDIR;

void add_folders(const fs::path& path, int links, std::set<std::string>& folders) {
  std::error_code ignored;
  fs::path so_far;
  for (const fs::path& part : path) {
    const fs::path parent = so_far;
    so_far /= part;
    if (!fs::is_symlink(so_far, ignored)) continue;
    folders.insert(parent.string());
    const fs::path target = fs::read_symlink(so_far, ignored);
    if (target.empty() || links == 0) continue;
    add_folders((parent / target).lexically_normal(), links - 1, folders);
  }
  folders.insert(path.parent_path().string());
}

}  // namespace

std::set<std::string> folders_to_watch(const std::vector<std::string>& files) {
  std::set<std::string> folders;
  std::error_code ignored;
  for (const std::string& file : files) {
    add_folders(fs::absolute(file, ignored).lexically_normal(), kMaxLinks, folders);
  }
  return folders;
}

FileWatch::FileWatch(asio::io_context& io, std::function<void()> changed)
    : descriptor_(io), settled_(io), changed_(std::move(changed)) {
  const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (fd < 0) return;  // out of watches: SIGHUP and the control plane still reload
  descriptor_.assign(fd);
  wait();
}

void FileWatch::watch(const std::vector<std::string>& files) {
  if (!descriptor_.is_open()) return;
  const std::set<std::string> wanted = folders_to_watch(files);
  for (auto at = folders_.begin(); at != folders_.end();) {
    if (wanted.contains(at->first)) {
      ++at;
      continue;
    }
    ::inotify_rm_watch(descriptor_.native_handle(), at->second);
    at = folders_.erase(at);
  }
  // Known ones too: a folder that was replaced under its name wants a new watch.
  for (const std::string& folder : wanted) {
    const int number = ::inotify_add_watch(descriptor_.native_handle(), folder.c_str(), kEvents);
    if (number >= 0) folders_[folder] = number;
  }
}

void FileWatch::stop() {
  boost::system::error_code ignored;
  descriptor_.close(ignored);
  settled_.cancel();
}

void FileWatch::wait() {
  descriptor_.async_wait(asio::posix::descriptor_base::wait_read,
                         [this](const boost::system::error_code& error) {
                           if (error) return;
                           insist([this] {
                             read_events();
                             wait();
                           });
                         });
}

void FileWatch::read_events() {
  // Which file it was does not matter: the digest of all of them decides.
  alignas(inotify_event) std::array<char, 16 * 1024> events;
  while (::read(descriptor_.native_handle(), events.data(), events.size()) > 0) {
  }
  settled_.expires_after(kSettleTime);
  settled_.async_wait([this](const boost::system::error_code& error) {
    if (!error) changed_();
  });
}

}  // namespace penstock::gateway
