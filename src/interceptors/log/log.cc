#include "interceptors/log/log.h"

#include <memory>
#include <new>
#include <utility>

#include "interceptors/log/content.h"
#include "interceptors/log/final_records.h"

namespace penstock {

namespace {

using exchange_log::AnswerText;
using exchange_log::Content;
using exchange_log::FinalRecords;
using exchange_log::Options;

void write_request_record(Log& log, const Exchange& x, const JsonLine& request_body) {
  JsonLine members;
  exchange_log::append_identity(members, x);
  members.append(request_body.members());
  exchange_log::write_record(log, x.clock().wall_now(), Log::Level::kInfo, "request", members);
}

/// Writes the final records when the body ends, with the answer's text where it is asked for.
void write_at_end(Response& response, const Options& options, Log& log, FinalRecords records) {
  std::shared_ptr<AnswerText> text;
  if (options.content != Content::kNone) {
    text = std::make_shared<AnswerText>(options);
    response.body.each([text](const Chunk& chunk) -> Result<void> {
      text->see(chunk.bytes);
      return {};
    });
  }
  response.body.on_finish([text, status = response.status, &log,
                           records = std::move(records)](const Outcome& outcome) mutable {
    try {
      JsonLine response_body;
      if (text) text->append_to(response_body);
      records.write(exchange_log::end_of(status, outcome), response_body);
    } catch (const std::bad_alloc&) {
      log.lose_line();
    }
  });
}

}  // namespace

LogInterceptor::LogInterceptor(Options options, Log& log)
    : options_(std::move(options)), log_(&log) {}

LogInterceptor::LogInterceptor(Options options, std::unique_ptr<Log> own_log)
    : options_(std::move(options)), own_log_(std::move(own_log)), log_(own_log_.get()) {}

Result<Response> LogInterceptor::handle(Exchange& x, Next next) const {
  try {
    return record(x, next);
  } catch (const std::bad_alloc&) {
    log_->lose_line();
    throw;
  }
}

Result<Response> LogInterceptor::record(Exchange& x, Next next) const {
  const auto& records = options_.records;
  // Before `next`: the body is let go once it was sent.
  JsonLine request_body;
  if (records.request || records.exchange) {
    exchange_log::append_request_body(request_body, x, options_);
  }
  if (records.request) write_request_record(*log_, x, request_body);

  auto r = next(x);
  if (!records.response && !records.exchange) return r;
  FinalRecords final_records(options_, *log_, x, std::move(request_body));
  if (r) {
    write_at_end(*r, options_, *log_, std::move(final_records));
  } else {
    final_records.write(exchange_log::end_of(r.error()), {});
  }
  return r;
}

Layer make_log(const config::Node& options, config::Diagnostics& diagnostics,
               const Services& services) {
  const std::size_t errors_before = diagnostics.list().size();
  Options parsed = Options::parse(options, diagnostics);
  if (diagnostics.list().size() != errors_before) return {};
  if (parsed.file == "stdout") {
    return {std::make_unique<LogInterceptor>(std::move(parsed), services.log), {}, {}};
  }
  // To open a file is to create it, which somebody who only checks does not want.
  if (services.check_only) {
    if (auto fine = Log::check({.file = parsed.file}); !fine) {
      diagnostics.error(options, fine.error().detail);
      return {};
    }
    return {std::make_unique<LogInterceptor>(std::move(parsed), services.log), {}, {}};
  }
  auto own_log = Log::open({.file = parsed.file}, services.clock);
  if (!own_log) {
    diagnostics.error(options, own_log.error().detail);
    return {};
  }
  return {std::make_unique<LogInterceptor>(std::move(parsed), std::move(*own_log)), {}, {}};
}

}  // namespace penstock
