#include "operations/admin/detail/arguments.h"

#include <algorithm>

#include "base/problem.h"
#include "base/text.h"

namespace outpost::operations::detail {
namespace {

[[noreturn]] void Refuse(std::string_view key, const std::string& what) {
  throw Problem(ProblemKind::kBadRequest, "The argument '" + std::string(key) + "' " + what);
}

}  // namespace

Arguments::Arguments(std::string_view json, std::span<const std::string_view> known) {
  if (Trim(json).empty()) return;
  boost::system::error_code error;
  auto value = boost::json::parse(json, error);
  if (error || !value.is_object()) {
    throw Problem(ProblemKind::kMalformed, "The arguments must be a JSON object.");
  }
  object_ = std::move(value.get_object());
  for (const auto& entry : object_) {
    const std::string_view key = entry.key();
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    const auto nearest = NearestWord(key, known);
    Refuse(key, "is unknown." + (nearest ? " Did you mean '" + *nearest + "'?" : std::string()));
  }
}

const boost::json::value* Arguments::Find(std::string_view key) const {
  const auto* value = object_.if_contains(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::string Arguments::Text(std::string_view key) const {
  const auto* value = Find(key);
  if (value == nullptr) Refuse(key, "is missing.");
  if (!value->is_string()) Refuse(key, "must be a text.");
  return std::string(std::string_view(value->get_string()));
}

std::string Arguments::TextOr(std::string_view key, std::string_view otherwise) const {
  return Has(key) ? Text(key) : std::string(otherwise);
}

bool Arguments::Flag(std::string_view key) const {
  const auto* value = Find(key);
  if (value == nullptr) Refuse(key, "is missing.");
  if (!value->is_bool()) Refuse(key, "must be true or false.");
  return value->get_bool();
}

bool Arguments::FlagOr(std::string_view key, bool otherwise) const {
  return Has(key) ? Flag(key) : otherwise;
}

std::int64_t Arguments::IntOr(std::string_view key, std::int64_t otherwise) const {
  const auto* value = Find(key);
  if (value == nullptr) return otherwise;
  if (!value->is_int64()) Refuse(key, "must be a whole number.");
  return value->get_int64();
}

std::vector<std::string> Arguments::Texts(std::string_view key) const {
  std::vector<std::string> texts;
  const auto* value = Find(key);
  if (value == nullptr) return texts;
  if (!value->is_array()) Refuse(key, "must be a list of texts.");
  for (const auto& entry : value->get_array()) {
    if (!entry.is_string()) Refuse(key, "must be a list of texts.");
    texts.emplace_back(std::string_view(entry.get_string()));
  }
  return texts;
}

boost::json::object Arguments::Object(std::string_view key) const {
  const auto* value = Find(key);
  if (value == nullptr) return {};
  if (!value->is_object()) Refuse(key, "must be an object.");
  return value->get_object();
}

std::vector<boost::json::object> Arguments::Objects(std::string_view key) const {
  std::vector<boost::json::object> objects;
  const auto* value = Find(key);
  if (value == nullptr) return objects;
  if (!value->is_array()) Refuse(key, "must be a list of objects.");
  for (const auto& entry : value->get_array()) {
    if (!entry.is_object()) Refuse(key, "must be a list of objects.");
    objects.push_back(entry.get_object());
  }
  return objects;
}

}  // namespace outpost::operations::detail
