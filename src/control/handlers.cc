#include "control/handlers.h"

#include <exception>
#include <httplib.h>
#include <utility>

#include <nlohmann/json.hpp>

#include "config/config.h"
#include "control/answer.h"
#include "control/builtin.h"
#include "control/schema_validation.h"
#include "http/message_writer.h"

namespace penstock::control {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kJson = "application/json";

/// One request in memory in the place of a socket.
class MemoryStream final : public httplib::Stream {
 public:
  explicit MemoryStream(std::string input) : input_(std::move(input)) {}
  const std::string& output() const noexcept { return output_; }

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  ssize_t read(char* data, std::size_t size) override {
    const std::size_t count = input_.copy(data, size, read_);
    read_ += count;
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char* data, std::size_t size) override {
    output_.append(data, size);
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return INVALID_SOCKET; }

 private:
  std::string input_;
  std::size_t read_ = 0;
  std::string output_;
};

/// Serialised anew from validated parts, and from those alone that a handler reads.
std::string to_text(const Request& request) {
  std::string text;
  http::write_request_head(text, request.method, request.path, "localhost", {},
                           {http::Framing::Kind::kLength, request.body.size()});
  return text + request.body;
}

void show_readiness(const Operations& operations, httplib::Response& answer) {
  const std::vector<std::string> reasons = operations.not_ready();
  Json body{{"status", reasons.empty() ? "ok" : "not_ready"}};
  if (!reasons.empty()) body["reasons"] = reasons;
  answer.status = reasons.empty() ? 200 : 503;
  answer.set_content(body.dump(-1, ' ', false, Json::error_handler_t::replace), kJson);
}

void show(const nlohmann::json& report, httplib::Response& answer) {
  answer.set_content(report.dump(-1, ' ', false, Json::error_handler_t::replace), kJson);
}

void reload(Operations& operations, httplib::Response& answer) {
  const config::Diagnostics diagnostics = operations.reload();
  answer.status = diagnostics.ok() ? 200 : 422;
  answer.set_content(config::to_json(diagnostics), kJson);
}

void validate(const std::string& body, httplib::Response& answer) {
  const auto results = validate_instances(body);
  answer.status = results ? 200 : describe(results.error().kind).status;
  answer.set_content(results ? *results : error_object(results.error()), kJson);
}

}  // namespace

class Handlers::Server final : public httplib::Server {
 public:
  explicit Server(Operations& operations);

  std::string answer(const Request& request) {
    MemoryStream stream(to_text(request));
    bool closed = true;
    process_request(stream, /*close_connection=*/true, closed, nullptr);
    return stream.output();
  }
};

Handlers::Server::Server(Operations& operations) {
  using Query = const httplib::Request&;
  using Answer = httplib::Response&;
  httplib::Headers common;
  common_headers().for_each(
      [&](const Headers::Field& field) { common.emplace(field.name, field.value); });
  common.emplace("accept-ranges", "none");  // the library would say otherwise to HEAD
  set_default_headers(std::move(common));
  set_exception_handler([](Query, Answer answer, const std::exception_ptr&) {
    answer.status = 500;
    answer.set_content(error_object(internal_error({})), kJson);
  });

  Get("/livez", [](Query, Answer answer) { answer.set_content(R"({"status":"ok"})", kJson); });
  Get("/readyz", [&](Query, Answer answer) { show_readiness(operations, answer); });
  Get("/metrics", [&](Query, Answer answer) {
    answer.set_content(operations.metrics(), "text/plain; version=0.0.4; charset=utf-8");
  });
  Get("/openapi\\.yaml", [](Query, Answer answer) {
    answer.set_content(std::string(builtin("openapi")), "application/yaml");
  });
  Get("/v1/status", [&](Query, Answer answer) { show(operations.status(), answer); });
  Get("/v1/limits", [&](Query, Answer answer) { show(operations.limits(), answer); });
  Post("/v1/config/check", [&](Query request, Answer answer) {
    answer.set_content(config::to_json(operations.check(request.body)), kJson);
  });
  Post("/v1/schema/validate", [](Query request, Answer answer) { validate(request.body, answer); });
  Post("/v1/config/reload", [&](Query, Answer answer) { reload(operations, answer); });
}

Handlers::Handlers(Operations& operations) : server_(std::make_unique<Server>(operations)) {}

Handlers::~Handlers() = default;

std::string Handlers::answer(const Request& request) {
  return server_->answer(request);
}

}  // namespace penstock::control
