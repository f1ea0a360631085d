#include "penstock/body.h"

#include <cstdlib>
#include <new>
#include <utility>

namespace penstock {

namespace {

[[gnu::noinline]] Result<std::optional<Chunk>> nothing_more(bool ended) {
  if (ended) return std::nullopt;
  return internal_error("a body was read on after an error");
}

}  // namespace

const char* to_string(Ending ending) noexcept {
  switch (ending) {
    case Ending::kComplete:
      return "complete";
    case Ending::kClientGone:
      return "client_gone";
    case Ending::kUpstreamFailed:
      return "upstream_failed";
    case Ending::kAbandoned:
      return "abandoned";
  }
  std::abort();
}

Body::Body(std::string whole, Usage usage) : whole_(std::move(whole)), usage_(usage) {}

Body::Body(std::unique_ptr<BodySource> source) : source_(std::move(source)) {}

Body::Body(Body&& other) noexcept
    : whole_(std::move(other.whole_)),
      usage_(other.usage_),
      source_(std::move(other.source_)),
      watchers_(std::move(other.watchers_)),
      finishers_(std::move(other.finishers_)),
      reading_(other.reading_),
      finished_(std::exchange(other.finished_, true)),
      keeps_chunks_(other.keeps_chunks_) {}

Body& Body::operator=(Body&& other) noexcept {
  if (this == &other) return *this;
  finish({});
  whole_ = std::move(other.whole_);
  usage_ = other.usage_;
  source_ = std::move(other.source_);
  watchers_ = std::move(other.watchers_);
  finishers_ = std::move(other.finishers_);
  reading_ = other.reading_;
  finished_ = std::exchange(other.finished_, true);
  keeps_chunks_ = other.keeps_chunks_;
  return *this;
}

Body::~Body() {
  finish({});
}

void Body::each(UniqueFunction<Result<void>(const Chunk&)> fn) {
  watchers_.push_back(std::move(fn));
}

void Body::on_finish(UniqueFunction<void(const Outcome&)> fn) {
  finishers_.push_back(std::move(fn));
}

// An open stream waits in here, often in one of these within another, so the frame is kept small:
// one result, which is the caller's, and what comes behind the wait in a frame of its own.
Result<std::optional<Chunk>> Body::read(Deadline deadline) {
  const bool is_open = reading_ == Reading::kOpen;
  const bool ended = reading_ == Reading::kEnded;
  if (is_open) reading_ = Reading::kFailed;
  Result<std::optional<Chunk>> chunk = is_open ? pull(deadline) : nothing_more(ended);
  const auto look_at = [this](Result<std::optional<Chunk>> & read) __attribute__((noinline)) {
    if (!read) return;
    if (*read) {
      if (auto shown = show(**read); !shown) {
        read = std::move(shown).error();
        return;
      }
    }
    // A whole text is one chunk; the next read finds its end.
    reading_ = *read && source_ ? Reading::kOpen : Reading::kEnded;
  };
  if (is_open) look_at(chunk);
  return chunk;
}

Result<std::optional<Chunk>> Body::pull(Deadline deadline) {
  if (source_) return source_->read(deadline);
  if (whole_.empty()) return std::nullopt;
  return Chunk{whole_};
}

Result<void> Body::show(Chunk& chunk) {
  if (keeps_chunks_ && source_) chunk.bytes = whole_.assign(chunk.bytes);
  for (auto& watcher : watchers_) TRY_VOID(watcher(chunk));
  return {};
}

void Body::finish(Outcome outcome) noexcept {
  if (std::exchange(finished_, true)) return;
  if (outcome.usage.origin == Usage::Origin::kUnknown) {
    outcome.usage = source_ ? source_->usage() : usage_;
  }
  source_.reset();
  while (!finishers_.empty()) {
    auto finisher = std::move(finishers_.back());
    finishers_.pop_back();
    try {
      finisher(outcome);
    } catch (const std::bad_alloc&) {  // a record is lost; what was held is still given back
    }
  }
  watchers_.clear();
}

}  // namespace penstock
