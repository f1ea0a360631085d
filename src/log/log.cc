#include "log/log.h"

#include <chrono>
#include <cstdlib>
#include <mutex>
#include <new>
#include <set>
#include <system_error>
#include <utility>

#include <spdlog/async.h>

#include "log/json_line.h"
#include "log/line_file.h"
#include "log/line_queue.h"
#include "log/line_sink.h"

namespace penstock {

namespace {
constexpr std::size_t kMaxMessageBytes = 4096;
}  // namespace

const char* to_string(Log::Level level) noexcept {
  switch (level) {
    case Log::Level::kDebug:
      return "debug";
    case Log::Level::kInfo:
      return "info";
    case Log::Level::kWarning:
      return "warning";
    case Log::Level::kError:
      return "error";
  }
  std::abort();
}

struct Log::Impl {
  Impl(const Options& options, const Clock& its_clock, internal::LineFile file)
      : clock(its_clock),
        end_time(options.end_time),
        queue(options.queue_lines, options.queue_bytes),
        sink(std::make_shared<internal::LineSink>(queue, std::move(file))),
        pool(std::make_shared<spdlog::details::thread_pool>(kCalls, 1)),
        logger(std::make_shared<spdlog::async_logger>(
            "penstock", sink, pool, spdlog::async_overflow_policy::overrun_oldest)) {}
  ~Impl() {
    sink->hurry(end_time);
    pool.reset();  // works off the calls and joins the thread
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  // One call may wait while another is at work: who adds behind a line calls nobody.
  static constexpr std::size_t kCalls = 8;

  const Clock& clock;
  const std::chrono::milliseconds end_time;
  internal::LineQueue queue;
  std::shared_ptr<internal::LineSink> sink;
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::shared_ptr<spdlog::async_logger> logger;
};

namespace {

/// Which logs there are, so that what they lost can be added up.
class AllLogs {
 public:
  void enter(const Log* log) {
    const std::lock_guard lock(mutex_);
    open_.insert(log);
  }
  void leave(const Log* log) {
    const std::lock_guard lock(mutex_);
    open_.erase(log);
    dropped_before_ += log->dropped();
  }
  std::uint64_t dropped() {
    const std::lock_guard lock(mutex_);
    std::uint64_t sum = dropped_before_;
    for (const Log* log : open_) sum += log->dropped();
    return sum;
  }

 private:
  std::mutex mutex_;
  std::set<const Log*> open_;
  std::uint64_t dropped_before_ = 0;
};

AllLogs& all_logs() {
  static AllLogs logs;
  return logs;
}

}  // namespace

Result<std::unique_ptr<Log>> Log::open(const Options& options, const Clock& clock) {
  internal::LineFile file = TRY(internal::LineFile::open(options.file));
  try {
    return std::unique_ptr<Log>(new Log(std::make_unique<Impl>(options, clock, std::move(file))));
  } catch (const std::system_error& problem) {
    return internal_error(std::string("cannot start the log's thread: ") + problem.what());
  }
}

Result<void> Log::check(const Options& options) {
  return internal::LineFile::check(options.file);
}

Log::Log(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
  all_logs().enter(this);
}

Log::~Log() {
  all_logs().leave(this);
}

std::uint64_t Log::dropped_by_all() {
  return all_logs().dropped();
}

void Log::write(std::initializer_list<std::string_view> pieces) noexcept {
  if (impl_->queue.add(pieces) != internal::LineQueue::Added::kFirst) return;
  impl_->logger->log(spdlog::level::info, spdlog::string_view_t());
}

void Log::server(Level level, std::string_view message, std::string_view fields) noexcept {
  try {
    JsonLine line;
    line.text("ts", format_time(impl_->clock.wall_now()))
        .text("level", to_string(level))
        .text("event", "server")
        .text("message", cut_text(message, kMaxMessageBytes))
        .append(fields);
    write({"{", line.members(), "}"});
  } catch (const std::bad_alloc&) {
    lose_line();
  }
}

void Log::lose_line() noexcept {
  impl_->queue.lose_line();
}

std::uint64_t Log::dropped() const noexcept {
  return impl_->queue.lost();
}

void Log::flush() {
  impl_->queue.wait_until_done();
}

void Log::finish() {
  impl_->sink->hurry(impl_->end_time);
  flush();
}

}  // namespace penstock
