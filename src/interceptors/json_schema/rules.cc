#include "interceptors/json_schema/rules.h"

#include <algorithm>

#include "interceptors/json_schema/validation.h"

namespace penstock::json_schema {

namespace {

bool is_narrow(const Rule& rule) {
  return !rule.models.empty();
}

void apply(const Rule& rule, const json::Document& body, Judgement& judgement) {
  if (!rule.schema || judgement.violation) return;
  judgement.judged = true;
  judgement.violation = validate(*rule.schema, body);
}

}  // namespace

bool Rule::concerns(std::string_view model) const {
  return models.empty() || std::binary_search(models.begin(), models.end(), model);
}

bool RouteRules::by_model() const {
  return std::any_of(request.begin(), request.end(), is_narrow) ||
         std::any_of(also.begin(), also.end(), is_narrow);
}

Judgement RouteRules::judge(const json::Document& body, std::string_view model) const {
  Judgement judgement;
  const auto concerns = [model](const Rule& rule) { return rule.concerns(model); };
  const auto first = std::find_if(request.begin(), request.end(), concerns);
  if (first != request.end()) apply(*first, body, judgement);
  for (const Rule& rule : also) {
    if (concerns(rule)) apply(rule, body, judgement);
  }
  return judgement;
}

}  // namespace penstock::json_schema
