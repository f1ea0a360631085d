#include "log/log.h"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <new>
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
        most_lines(options.queue_lines),
        most_bytes(options.queue_bytes),
        end_time(options.end_time),
        sink(std::make_shared<internal::LineSink>(std::move(file))),
        pool(std::make_shared<spdlog::details::thread_pool>(options.queue_lines, 1)),
        logger(std::make_shared<spdlog::async_logger>(
            "penstock", sink, pool, spdlog::async_overflow_policy::overrun_oldest)) {
    sink->watch(*pool);
  }
  ~Impl() {
    sink->hurry(end_time);
    pool.reset();  // works off the queue and joins the thread
    sink->flush();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  /// What is let in here fits into the queue of spdlog, which therefore never overruns.
  bool admit(std::size_t size) noexcept {
    const std::uint64_t done = sink->done_lines().load();  // first: never more than what is below
    const std::uint64_t bytes_done = sink->done_bytes().load();
    if (bytes.fetch_add(size) + size - bytes_done <= most_bytes) {
      std::uint64_t before = lines.load();
      while (before - done < most_lines) {
        if (lines.compare_exchange_weak(before, before + 1)) return true;
      }
    }
    bytes.fetch_sub(size);
    refused.fetch_add(1);
    return false;
  }

  const Clock& clock;
  const std::uint64_t most_lines;
  const std::uint64_t most_bytes;
  const std::chrono::milliseconds end_time;
  std::shared_ptr<internal::LineSink> sink;
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::shared_ptr<spdlog::async_logger> logger;
  std::atomic<std::uint64_t> lines{0};  // let in so far
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<std::uint64_t> refused{0};
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

void Log::write(std::string_view json_line) noexcept {
  if (!impl_->admit(json_line.size())) return;
  try {
    impl_->logger->log(spdlog::level::info,
                       spdlog::string_view_t(json_line.data(), json_line.size()));
  } catch (const std::exception&) {  // no memory for its place in the queue
    impl_->sink->lose(json_line.size());
  }
}

void Log::server(Level level, std::string_view message, std::string_view fields) noexcept {
  try {
    JsonLine line;
    line.text("ts", format_time(impl_->clock.wall_now()))
        .text("level", to_string(level))
        .text("event", "server")
        .text("message", cut_text(message, kMaxMessageBytes))
        .append(fields);
    write(std::move(line).object());
  } catch (const std::bad_alloc&) {
    lose_line();
  }
}

void Log::lose_line() noexcept {
  impl_->refused.fetch_add(1);
}

std::uint64_t Log::dropped() const noexcept {
  return impl_->refused.load() + impl_->sink->lost();
}

void Log::flush() {
  const std::uint64_t given = impl_->lines.load();
  for (;;) {
    const std::uint64_t done = impl_->sink->done_lines().load();
    if (done >= given) return;
    impl_->sink->done_lines().wait(done);
  }
}

void Log::finish() {
  impl_->sink->hurry(impl_->end_time);
  flush();
}

}  // namespace penstock
