#include "insight/search/detail/leaves.h"

#include <boost/json.hpp>
#include <string>

namespace outpost::search::detail {
namespace {

namespace bj = boost::json;

constexpr int kDepthMax = 512;
constexpr std::string_view kForm = "form.";
constexpr std::string_view kFormMeta = "form.meta.";

struct Walk {
  const std::function<void(const Leaf&)>& each;
  std::string path = {};

  void Visit(const bj::value& value) {
    if (const auto* object = value.if_object()) return VisitMembers(*object);
    if (const auto* list = value.if_array()) {
      for (const auto& item : *list) Visit(item);
      return;
    }
    if (value.is_null()) return;
    if (const auto* text = value.if_string()) return each({path, std::string_view(*text)});
    each({path, bj::serialize(value)});
  }

  void VisitMembers(const bj::object& object) {
    const auto length = path.size();
    for (const auto& member : object) {
      const auto key = std::string_view(member.key());
      if (key.find('.') != std::string_view::npos) continue;
      if (length > 0) path += '.';
      path += key;
      Visit(member.value());
      path.resize(length);
    }
  }
};

}  // namespace

void EachLeaf(std::string_view document_json, const std::function<void(const Leaf&)>& each) {
  bj::parse_options options;
  options.max_depth = kDepthMax;
  bj::monotonic_resource memory;
  const auto document =
      bj::parse(bj::string_view(document_json.data(), document_json.size()), &memory, options);
  Walk{each}.Visit(document);
}

bool HoldsWords(Subject subject, std::string_view path) {
  if (subject == Subject::kCases) return path.starts_with(kProperties) || path == "name";
  // Attributes and what the engine added are no answers.
  return path.starts_with(kForm) && !path.starts_with(kFormMeta) &&
         path.find('@') == std::string_view::npos && path.find('#') == std::string_view::npos;
}

bool HoldsParts(Subject subject, std::string_view path) {
  if (subject == Subject::kForms) return path == "metadata.username";
  return path == "name" || path == "external_id";
}

}  // namespace outpost::search::detail
