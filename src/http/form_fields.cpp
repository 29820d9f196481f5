#include "http/form_fields.h"

#include <utility>

#include "base/text.h"
#include "http/detail/target.h"
#include "http/multipart.h"

namespace outpost::http {

std::vector<std::pair<std::string, std::string>> FormFields(const Request& request) {
  auto fields = request.query;
  const auto type = request.headers.Find("Content-Type").value_or("");
  if (const auto boundary = BoundaryOf(type); !boundary.empty() && request.body.in_memory()) {
    for (const auto& part : ParseMultipart(request.body, boundary)) {
      if (!part.has_filename) {
        fields.emplace_back(part.name, request.body.Read(part.offset, part.length));
      }
    }
    return fields;
  }
  const bool is_form =
      EqualsIgnoreCase(Trim(type.substr(0, type.find(';'))), "application/x-www-form-urlencoded");
  if (!is_form || !request.body.in_memory()) return fields;
  for (auto& field : detail::ReadQuery(request.body.bytes())) fields.push_back(std::move(field));
  return fields;
}

std::vector<std::string> ValuesOf(const std::vector<std::pair<std::string, std::string>>& fields,
                                  std::string_view name) {
  std::vector<std::string> values;
  for (const auto& [key, value] : fields) {
    if (key == name) values.push_back(value);
  }
  return values;
}

}  // namespace outpost::http
