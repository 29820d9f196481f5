#include "operations/admin/detail/shapes.h"

#include "base/problem.h"

namespace outpost::operations::detail {

boost::json::array JsonOf(const std::vector<std::string>& texts) {
  return boost::json::array(texts.begin(), texts.end());
}

boost::json::object JsonOf(const std::map<std::string, std::string>& texts) {
  boost::json::object object;
  for (const auto& entry : texts) object[entry.first] = entry.second;
  return object;
}

std::map<std::string, std::string> TextsOf(const boost::json::object& object,
                                           std::string_view key) {
  std::map<std::string, std::string> texts;
  for (const auto& member : object) {
    if (!member.value().is_string()) {
      throw Problem(ProblemKind::kBadRequest,
                    "The argument '" + std::string(key) + "' must be an object of texts.");
    }
    texts.emplace(std::string_view(member.key()), std::string_view(member.value().get_string()));
  }
  return texts;
}

}  // namespace outpost::operations::detail
