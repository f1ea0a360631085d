#include "interceptors/log/final_records.h"

#include <utility>

namespace penstock::exchange_log {

FinalRecords::FinalRecords(const Options& options, Log& log, const Exchange& x,
                           JsonLine request_body)
    : options_(&options),
      log_(&log),
      clock_(&x.clock()),
      started_(x.started()),
      remarks_(x.known_remarks()),
      request_body_(std::move(request_body)) {
  append_identity(members_, x);
}

void FinalRecords::write(const End& end, const JsonLine& response_body) {
  append_end(members_, end, started_, clock_->now());
  append_remarks(members_, end.usage.origin, remarks_.get());
  const Log::Level level = level_of(end);
  if (options_->records.response) {
    JsonLine response = members_;
    write_line(level, "response", response.append(response_body.members()));
  }
  if (options_->records.exchange) {
    members_.append(request_body_.members()).append(response_body.members());
    write_line(level, "exchange", members_);
  }
}

void FinalRecords::write_line(Log::Level level, std::string_view event,
                              const JsonLine& members) const {
  write_record(*log_, clock_->wall_now(), level, event, members);
}

}  // namespace penstock::exchange_log
