#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace boost::asio {
class io_context;
}

namespace penstock::gateway {

/// The folders in which a change can alter what is read under one of these paths: that of the file,
/// and those of every symbolic link on the way to it.
std::set<std::string> folders_to_watch(const std::vector<std::string>& files);

/// Tells when files may have changed (inotify(7)). It watches their folders, because editors and
/// deployment tools put a new file or link in the place of the old one. Used by one thread, the one
/// that runs `io`.
class FileWatch {
 public:
  /// `changed` is called some 100 ms after the last of a burst of events; it finds out by itself
  /// whether anything is new.
  FileWatch(boost::asio::io_context& io, std::function<void()> changed);
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  /// Watches these files instead of those before. A folder that is not there is passed over.
  void watch(const std::vector<std::string>& files);
  void stop();

 private:
  void wait();
  void read_events();

  boost::asio::posix::stream_descriptor descriptor_;
  boost::asio::steady_timer settled_;
  std::function<void()> changed_;
  std::map<std::string, int> folders_;  // to the number of the watch
};

}  // namespace penstock::gateway
