#include "http/fields.h"

namespace penstock::http {

std::string connection_options(const Headers& headers) {
  std::string options;
  headers.for_each([&options](const Headers::Field& field) {
    if (field.name == "connection") options.append(field.value).push_back(',');
  });
  return options;
}

std::optional<std::string_view> content_coding(const Headers& headers) {
  std::optional<std::string_view> coding;
  headers.for_each([&coding](const Headers::Field& field) {
    if (coding || field.name != "content-encoding") return;
    if (!equals_ignoring_case(field.value, "identity")) coding = field.value;
  });
  return coding;
}

}  // namespace penstock::http
