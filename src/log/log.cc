#include "log/log.h"

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <set>
#include <system_error>
#include <utility>

#include <spdlog/async.h>

#include "log/json_line.h"
#include "log/line_file.h"
#include "log/line_sink.h"

namespace penstock {

namespace {
constexpr std::size_t kMaxMessageBytes = 4096;
}

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
  Impl(const Clock& its_clock, internal::LineFile file, std::size_t queue_lines)
      : clock(its_clock),
        sink(std::make_shared<internal::LineSink>(std::move(file))),
        pool(std::make_shared<spdlog::details::thread_pool>(queue_lines, 1)),
        logger(std::make_shared<spdlog::async_logger>(
            "penstock", sink, pool, spdlog::async_overflow_policy::overrun_oldest)) {
    sink->watch(*pool);
  }
  ~Impl() {
    pool.reset();  // works off the queue and joins the thread
    sink->flush();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  const Clock& clock;
  std::shared_ptr<internal::LineSink> sink;
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::shared_ptr<spdlog::async_logger> logger;
  std::atomic<std::uint64_t> given{0};
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
    return std::unique_ptr<Log>(
        new Log(std::make_unique<Impl>(clock, std::move(file), options.queue_lines)));
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

void Log::write(std::string_view json_line) {
  impl_->given.fetch_add(1);
  impl_->logger->log(spdlog::level::info,
                     spdlog::string_view_t(json_line.data(), json_line.size()));
}

void Log::server(Level level, std::string_view message, std::string_view fields) {
  JsonLine line;
  line.text("ts", format_time(impl_->clock.wall_now()))
      .text("level", to_string(level))
      .text("event", "server")
      .text("message", cut_text(message, kMaxMessageBytes))
      .append(fields);
  write(std::move(line).object());
}

std::uint64_t Log::dropped() const noexcept {
  return impl_->pool->overrun_counter() + impl_->sink->lost();
}

void Log::flush() {
  const std::uint64_t given = impl_->given.load();
  for (;;) {
    // When a line is overrun, others wait in the queue; their end wakes this thread to look again.
    const std::uint64_t done = impl_->sink->done().load();
    if (done + impl_->pool->overrun_counter() >= given) return;
    impl_->sink->done().wait(done);
  }
}

}  // namespace penstock
