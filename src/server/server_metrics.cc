#include "server/server_metrics.h"

#include <algorithm>
#include <array>
#include <functional>
#include <new>
#include <optional>

namespace penstock::server {

namespace {

using std::chrono::nanoseconds;

constexpr std::int64_t kMicrosecond = 1'000;
constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;

// LLM answers take from milliseconds (a cache, a refusal) to minutes (a long reasoning).
constexpr std::array<std::int64_t, 16> kDurations{
    5 * kMillisecond,    10 * kMillisecond,  25 * kMillisecond,  50 * kMillisecond,
    100 * kMillisecond,  250 * kMillisecond, 500 * kMillisecond, 1 * kSecond,
    2500 * kMillisecond, 5 * kSecond,        10 * kSecond,       30 * kSecond,
    60 * kSecond,        120 * kSecond,      300 * kSecond,      600 * kSecond};
constexpr std::array<std::int64_t, 14> kOverheads{
    5 * kMicrosecond,    10 * kMicrosecond,  25 * kMicrosecond,  50 * kMicrosecond,
    100 * kMicrosecond,  250 * kMicrosecond, 500 * kMicrosecond, 1 * kMillisecond,
    2500 * kMicrosecond, 5 * kMillisecond,   10 * kMillisecond,  25 * kMillisecond,
    50 * kMillisecond,   100 * kMillisecond};

constexpr std::array<std::string_view, 4> kRequestLabels{"route", "model", "upstream", "status"};
constexpr std::array<std::string_view, 2> kTimeLabels{"route", "upstream"};
constexpr std::array<std::string_view, 1> kRouteLabel{"route"};
constexpr std::array<std::string_view, 2> kEndingLabels{"upstream", "outcome"};
constexpr std::array<std::string_view, 3> kTokenLabels{"kind", "model", "key"};

using Type = MetricFamily::Type;
const MetricFamily kRequests{"penstock_requests_total", "Requests answered, by what was answered.",
                             Type::kCounter, kRequestLabels};
const MetricFamily kTokens{"penstock_tokens_total", "Tokens that finished requests used.",
                           Type::kCounter, kTokenLabels};
const MetricFamily kTlsFailures{"penstock_tls_handshake_failures_total",
                                "Connections of clients that did not get through the handshake.",
                                Type::kCounter,
                                {}};
constexpr std::array<std::string_view, 1> kReasonLabel{"reason"};
const MetricFamily kTurnedAway{"penstock_connections_refused_total",
                               "Connections of clients that were turned away, by what was lacking.",
                               Type::kCounter, kReasonLabel};
const HistogramFamily kRequestDuration{"penstock_request_duration_seconds",
                                       "From a request's first byte to the end of its answer.",
                                       kTimeLabels, kDurations};
const HistogramFamily kFirstByte{"penstock_first_byte_seconds",
                                 "From a request's first byte to the first byte of its answer.",
                                 kTimeLabels, kDurations};
const HistogramFamily kOverhead{
    "penstock_overhead_seconds",
    "Time inside the gateway until the answer's first byte, without the wait for the upstream.",
    kRouteLabel, kOverheads};

const MetricFamily kEndingsTotal{"penstock_endings_total",
                                 "Answers by how they ended: complete, client_gone, ...",
                                 Type::kCounter, kEndingLabels};

constexpr std::string_view kOther = "other";
constexpr std::string_view kNone = "none";
constexpr std::size_t kRoutes = static_cast<std::size_t>(Route::kModels) + 1;

/// The name of a model that the configuration knows.
std::string_view model_label(const RequestFacts* facts, const config::Config& config) {
  if (facts == nullptr || facts->model.empty()) return kNone;
  const auto known = config.models.find(facts->model);
  return known == config.models.end() || known->first == "*" ? kOther
                                                             : std::string_view(known->first);
}

std::string_view upstream_label(const RequestFacts* facts) {
  return facts == nullptr || facts->target.upstream.empty()
             ? kNone
             : std::string_view(facts->target.upstream);
}

/// A configured key's name is its id; others (a client's own provider key, a certificate) are not
/// bounded by the configuration.
std::string_view principal_label(const Exchange& x) {
  if (!x.principal) return kNone;
  return x.principal->id == x.principal->name ? std::string_view(x.principal->name) : kOther;
}

}  // namespace

const MetricFamily kStreamsActive{
    "penstock_streams_active", "Streamed answers that are being relayed.", Type::kGauge, {}};
const MetricFamily kExchangesActive{"penstock_exchanges_active",
                                    "Requests in the chain, at an upstream or being answered.",
                                    Type::kGauge,
                                    {}};

std::size_t ServerMetrics::Hash::operator()(const Key& key) const noexcept {
  const std::hash<std::string_view> hash;
  std::size_t mixed = static_cast<std::size_t>(key.route);
  for (const std::string_view part : {key.model, key.upstream, key.principal}) {
    mixed = mixed * 0x9e3779b97f4a7c15u + hash(part);
  }
  return mixed;
}

bool ServerMetrics::Equal::operator()(const Key& a, const Key& b) const noexcept {
  return a.route == b.route && a.model == b.model && a.upstream == b.upstream &&
         a.principal == b.principal;
}

ServerMetrics::ServerMetrics(Metrics& metrics)
    : metrics_(metrics),
      exchanges_(metrics.cell(kExchangesActive)),
      streams_(metrics.cell(kStreamsActive)),
      turned_away_{&metrics.cell(kTurnedAway, {"limit"}),
                   &metrics.cell(kTurnedAway, {"descriptors"}),
                   &metrics.cell(kTurnedAway, {"memory"})},
      overhead_(kRoutes) {
  metrics.cell(kTlsFailures);  // shown from the start
}

void ServerMetrics::overhead(Route route, nanoseconds time) {
  HistogramCells*& cells = overhead_[static_cast<std::size_t>(route)];
  if (cells == nullptr) cells = &metrics_.histogram(kOverhead, {to_string(route)});
  cells->observe(std::max<std::int64_t>(time.count(), 0));
}

void ServerMetrics::exchange_ends(const Exchange& x, const config::Config& config, int status,
                                  const Outcome& outcome, MonotonicTime now) noexcept {
  exchanges_.add(-1);
  try {
    count(x, config, status, outcome, now);
  } catch (const std::bad_alloc&) {
  }
}

void ServerMetrics::count(const Exchange& x, const config::Config& config, int status,
                          const Outcome& outcome, MonotonicTime now) {
  const RequestFacts* facts = x.known_facts();
  const Key key{x.request.route, model_label(facts, config), upstream_label(facts),
                principal_label(x)};
  Series& series = series_of(key);
  requests_of(series, key, status).add(1);
  series.duration->observe(nanoseconds(now - x.started()).count());
  if (outcome.first_byte) {
    series.first_byte->observe(nanoseconds(*outcome.first_byte - x.started()).count());
  }
  MetricCell*& ending = series.endings[static_cast<std::size_t>(outcome.ending)];
  if (ending == nullptr) {
    ending = &metrics_.cell(kEndingsTotal, {key.upstream, to_string(outcome.ending)});
  }
  ending->add(1);
  count_tokens(series, key, outcome.usage);
}

ServerMetrics::Series& ServerMetrics::series_of(const Key& key) {
  const auto found = series_.find(key);
  if (found != series_.end()) return found->second;
  if (series_.size() >= Metrics::kMaxSeries && key.principal != kOther) {
    return series_of({key.route, key.model, key.upstream, kOther});
  }
  Series series;
  const std::string_view route = to_string(key.route);
  series.duration = &metrics_.histogram(kRequestDuration, {route, key.upstream});
  series.first_byte = &metrics_.histogram(kFirstByte, {route, key.upstream});
  OwnedKey own{key.route, std::string(key.model), std::string(key.upstream),
               std::string(key.principal)};
  return series_.emplace(std::move(own), std::move(series)).first->second;
}

MetricCell& ServerMetrics::requests_of(Series& series, const Key& key, int status) {
  for (const auto& [known, cell] : series.requests) {
    if (known == status) return *cell;
  }
  MetricCell& cell = metrics_.cell(
      kRequests, {to_string(key.route), key.model, key.upstream, std::to_string(status)});
  series.requests.emplace_back(status, &cell);
  return cell;
}

void ServerMetrics::count_tokens(Series& series, const Key& key, const Usage& usage) {
  const auto count = [&](MetricCell*& cell, std::string_view kind,
                         const std::optional<std::uint64_t>& tokens) {
    if (!tokens) return;
    if (cell == nullptr) cell = &metrics_.cell(kTokens, {kind, key.model, key.principal});
    cell->add(static_cast<std::int64_t>(*tokens));
  };
  count(series.input_tokens, "input", usage.input);
  count(series.cached_tokens, "input_cached", usage.cached);
  count(series.output_tokens, "output", usage.output);
  count(series.reasoning_tokens, "output_reasoning", usage.reasoning);
}

void ServerMetrics::refused(int status) {
  metrics_.cell(kRequests, {kNone, kNone, kNone, std::to_string(status)}).add(1);
}

void ServerMetrics::tls_failed() {
  metrics_.cell(kTlsFailures).add(1);
}

}  // namespace penstock::server
