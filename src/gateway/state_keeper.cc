#include "gateway/state_keeper.h"

#include <new>
#include <utility>

#include "base/text.h"

namespace penstock::gateway {

namespace {

constexpr std::size_t kMostChanges = 10'000;  // taken at a time, so that the source is not held up

}  // namespace

Result<std::unique_ptr<StateKeeper>> StateKeeper::start(Options options,
                                                        limits::StateSource* source, Log& log,
                                                        const Clock& clock) {
  auto file = limits::StateFile::open(options.folder, clock);
  if (!file) {
    Error error = std::move(file).error();
    error.detail = "server.state_dir: " + error.detail;
    return error;
  }
  if (!(*file)->damage().empty()) log.server(Log::Level::kWarning, (*file)->damage());
  if (source != nullptr) {
    source->restore((*file)->load());
    source->track_changes();
  }
  return std::unique_ptr<StateKeeper>(
      new StateKeeper(std::move(options), std::move(*file), source, log));
}

StateKeeper::StateKeeper(Options options, std::unique_ptr<limits::StateFile> file,
                         limits::StateSource* source, Log& log)
    : options_(std::move(options)), file_(std::move(file)), source_(source), log_(log) {
  if (source_ != nullptr) thread_ = std::thread([this] { run(); });
}

StateKeeper::~StateKeeper() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  ending_changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void StateKeeper::run() {
  bool ending = false;
  while (!ending) {
    {
      std::unique_lock lock(mutex_);
      ending = ending_changed_.wait_for(lock, options_.every, [this] { return ending_; });
    }
    try {
      save();
    } catch (const std::bad_alloc&) {
      report("out of memory");
    }
  }
}

void StateKeeper::save() {
  bool more = true;
  while (more) {
    // Those of a call that found no memory come first.
    if (changes_.empty()) changes_ = source_->take_changes(kMostChanges);
    more = !changes_.empty();
    const auto saved = file_->append(changes_);
    changes_.clear();  // the file knows them, written or not
    if (!saved) return report(saved.error().detail);
  }
  report({});
}

void StateKeeper::report(std::string_view trouble) {
  if (trouble.empty() == !in_trouble_) return;
  in_trouble_ = !trouble.empty();
  if (in_trouble_) {
    log_.server(Log::Level::kError,
                concat({"limits are not kept in `", options_.folder, "`: ", trouble,
                        "; a restart would begin them anew until that is cured"}));
  } else {
    log_.server(Log::Level::kInfo, concat({"limits are kept in `", options_.folder, "` again"}));
  }
}

}  // namespace penstock::gateway
