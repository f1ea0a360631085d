#include "interceptors/log/record.h"

namespace penstock::exchange_log {

namespace {

constexpr std::size_t kMaxNameBytes = 256;
constexpr std::size_t kMaxErrorBytes = 1024;
constexpr std::size_t kMaxRemarkBytes = 1024;

void append_known(JsonLine& line, std::string_view name, std::string_view value,
                  std::size_t max_bytes) {
  if (!value.empty()) line.text(name, cut_text(value, max_bytes));
}

constexpr std::string_view kUsageRemark = "usage";

std::string_view to_text(Usage::Origin origin) noexcept {
  switch (origin) {
    case Usage::Origin::kMeasured:
      return "measured";
    case Usage::Origin::kCounted:
      return "counted";
    case Usage::Origin::kUnknown:
      break;
  }
  return {};
}

}  // namespace

End end_of(int status, const Outcome& outcome) {
  End end;
  end.status = outcome.status != 0 ? outcome.status : status;
  end.ending = outcome.ending;
  end.usage = outcome.usage;
  end.first_byte = outcome.first_byte;
  end.bytes_out = outcome.bytes_out;
  end.error = outcome.error;
  return end;
}

End end_of(const Error& error) {
  End end;
  end.status = describe(error.kind).status;
  if (error.kind == ErrorKind::kCancelled) {
    end.ending = Ending::kClientGone;
  } else if (error.source == ErrorSource::kUpstream) {
    end.ending = Ending::kUpstreamFailed;
  }
  end.error = error.detail.empty() ? error.public_message : error.detail;
  return end;
}

Log::Level level_of(const End& end) noexcept {
  if (end.status >= 500 || end.ending == Ending::kUpstreamFailed) return Log::Level::kError;
  return end.status >= 400 ? Log::Level::kWarning : Log::Level::kInfo;
}

void append_identity(JsonLine& line, const Exchange& x) {
  append_known(line, "request_id", x.id(), kMaxNameBytes);
  line.text("route", to_string(x.request.route));
  if (x.principal) append_known(line, "key", x.principal->name, kMaxNameBytes);
  if (const RequestFacts* facts = x.known_facts()) {
    append_known(line, "model", facts->model, kMaxNameBytes);
    append_known(line, "upstream", facts->target.upstream, kMaxNameBytes);
    line.boolean("stream", facts->stream);
  }
}

void append_end(JsonLine& line, const End& end, MonotonicTime started, MonotonicTime now) {
  line.number("status", static_cast<std::uint64_t>(end.status));
  if (end.ending) line.text("outcome", to_string(*end.ending));
  if (end.usage.input) line.number("input_tokens", *end.usage.input);
  if (end.usage.cached) line.number("cached_tokens", *end.usage.cached);
  if (end.usage.output) line.number("output_tokens", *end.usage.output);
  if (end.usage.reasoning) line.number("reasoning_tokens", *end.usage.reasoning);
  if (end.first_byte) line.milliseconds("first_byte_ms", *end.first_byte - started);
  line.milliseconds("duration_ms", now - started);
  if (end.bytes_out) line.number("bytes_out", *end.bytes_out);
  append_known(line, "error", end.error, kMaxErrorBytes);
}

void append_remarks(JsonLine& line, Usage::Origin origin, const Remarks* remarks) {
  std::string_view usage = to_text(origin);
  if (remarks != nullptr) {
    for (const Remarks::Remark& remark : remarks->all()) {
      if (remark.name != kUsageRemark) {
        append_known(line, remark.name, remark.text, kMaxRemarkBytes);
      } else if (origin == Usage::Origin::kUnknown) {
        usage = remark.text;
      }
    }
  }
  append_known(line, kUsageRemark, usage, kMaxRemarkBytes);
}

void write_record(Log& log, WallTime now, Log::Level level, std::string_view event,
                  const JsonLine& members) {
  log.write({R"({"ts":")", format_time(now), R"(","level":")", to_string(level), R"(","event":")",
             event, R"(",)", members.members(), "}"});
}

}  // namespace penstock::exchange_log
