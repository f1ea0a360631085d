#include "penstock/body.h"

#include <cstdlib>
#include <new>
#include <utility>

namespace penstock {

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
      finished_(std::exchange(other.finished_, true)) {}

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

Result<std::optional<Chunk>> Body::read(Deadline deadline) {
  if (reading_ == Reading::kEnded) return std::nullopt;
  if (reading_ == Reading::kFailed) return internal_error("a body was read on after an error");
  reading_ = Reading::kFailed;
  const std::optional<Chunk> chunk = TRY(pull(deadline));
  if (chunk) TRY_VOID(show(*chunk));
  // A whole text is one chunk; the next read finds its end.
  reading_ = chunk && source_ ? Reading::kOpen : Reading::kEnded;
  return chunk;
}

Result<std::optional<Chunk>> Body::pull(Deadline deadline) {
  if (source_) return source_->read(deadline);
  if (whole_.empty()) return std::nullopt;
  return Chunk{whole_};
}

Result<void> Body::show(const Chunk& chunk) {
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
