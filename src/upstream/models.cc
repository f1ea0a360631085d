#include "upstream/models.h"

#include <string>
#include <vector>

#include "http/url.h"
#include "json/document.h"
#include "upstream/demo.h"

namespace penstock::upstream {

namespace {

struct Model {
  std::string id;
  std::string owner;
};

std::vector<Model> models_of(const config::Config& config) {
  std::vector<Model> models;
  for (const auto& [name, target] : config.models) {
    if (name != "*") models.push_back({name, target.upstream});
  }
  const auto any = config.models.find("*");
  if (any == config.models.end()) return models;
  const auto upstream = config.upstreams.find(any->second.upstream);
  if (upstream->second.kind != config::UpstreamOptions::Kind::kDemo) return models;
  for (const std::string_view name : Demo::model_names()) {
    if (!config.models.contains(std::string(name))) {
      models.push_back({std::string(name), upstream->first});
    }
  }
  return models;
}

void append_model(std::string& out, const Model& model) {
  out += R"({"id":)";
  json::append_quoted(out, model.id);
  out += R"(,"object":"model","created":0,"owned_by":)";  // nobody knows when a name was made
  json::append_quoted(out, model.owner);
  out += "}";
}

Response json_response(std::string body) {
  Response response;
  response.headers.set("content-type", "application/json");
  response.body = Body(std::move(body));
  return response;
}

}  // namespace

Result<Response> list_models(const config::Config& config, std::string_view path) {
  constexpr std::string_view kOne = "/models/";
  if (!path.starts_with(kOne)) {
    std::string body = R"({"object":"list","data":[)";
    bool first = true;
    for (const Model& model : models_of(config)) {
      if (!std::exchange(first, false)) body += ",";
      append_model(body, model);
    }
    return json_response(body + "]}");
  }

  const std::string id = TRY(http::percent_decode(path.substr(kOne.size())));
  for (const Model& model : models_of(config)) {
    if (model.id != id) continue;
    std::string body;
    append_model(body, model);
    return json_response(std::move(body));
  }
  const penstock::Target any = config::find_target(config, id);
  if (any.upstream.empty()) {
    Error error = invalid_request("the model `" + id + "` does not exist here");
    error.kind = ErrorKind::kModelNotFound;
    error.param = "model";
    return error;
  }
  std::string body;
  append_model(body, {id, any.upstream});
  return json_response(std::move(body));
}

}  // namespace penstock::upstream
