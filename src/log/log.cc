#include "log/log.h"

#include <atomic>
#include <cstdlib>
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

Result<std::unique_ptr<Log>> Log::open(const Options& options, const Clock& clock) {
  internal::LineFile file = TRY(internal::LineFile::open(options.file));
  try {
    return std::unique_ptr<Log>(
        new Log(std::make_unique<Impl>(clock, std::move(file), options.queue_lines)));
  } catch (const std::system_error& problem) {
    return internal_error(std::string("cannot start the log's thread: ") + problem.what());
  }
}

Log::Log(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Log::~Log() = default;

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
