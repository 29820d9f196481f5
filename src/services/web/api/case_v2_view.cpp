#include "services/web/api/case_v2_view.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/problem.h"
#include "base/text.h"

namespace outpost::web {
namespace {

using Mode = FieldSelection::Mode;
using Share = FieldSelection::Share;

constexpr std::string_view kFields = "fields";
constexpr std::string_view kExclude = "exclude";

/// Imported cases may have properties called like the fields beside which they stand.
bool IsField(std::string_view property) {
  static constexpr std::array<std::string_view, 6> kNames = {
      "case_id", "case_name", "case_type", "date_opened", "external_id", "owner_id"};
  return std::find(kNames.begin(), kNames.end(), property) != kNames.end();
}

/// "fields.properties" → "properties."; empty for a parameter that is not of this kind.
std::optional<std::string> PrefixOf(std::string_view name, std::string_view kind) {
  if (!name.starts_with(kind)) return std::nullopt;
  name.remove_prefix(kind.size());
  if (name.empty()) return "";
  if (name.front() != '.' || name.size() == 1) return std::nullopt;
  return std::string(name.substr(1)) + ".";
}

std::set<std::string, std::less<>> ReadPaths(const QueryParameters& query, std::string_view kind) {
  std::set<std::string, std::less<>> paths;
  for (const auto& [name, value] : query) {
    const auto prefix = PrefixOf(name, kind);
    if (!prefix) continue;
    for (const auto part : Split(value, ',')) {
      const auto path = Trim(part);
      if (!path.empty()) paths.insert(*prefix + std::string(path));
    }
  }
  return paths;
}

/// Writes the parts of an object that were asked for.
class Picker {
 public:
  Picker(json::Writer& out, const FieldSelection& selection) : out_(out), selection_(selection) {}

  bool Shows(std::string_view path) const {
    const auto share = selection_.Of(path);
    return share == Share::kWhole || (share == Share::kPart && selection_.mode == Mode::kExcept);
  }
  bool ShowsSome(std::string_view path) const { return selection_.Of(path) != Share::kNone; }

  void Text(std::string_view name, std::string_view value) {
    if (Shows(name)) out_.Member(name, value);
  }
  void Flag(std::string_view name, bool value) {
    if (Shows(name)) out_.Member(name, value);
  }
  void Time(std::string_view name, const std::optional<Instant>& at) {
    if (Shows(name)) out_.MemberOrNull(name, at ? std::optional(FormatT6(*at)) : std::nullopt);
  }

 private:
  json::Writer& out_;
  const FieldSelection& selection_;
};

void WriteProperties(json::Writer& out, const cases::Case& c, const Picker& pick) {
  if (!pick.ShowsSome("properties")) return;
  out.Key("properties");
  out.BeginObject();
  for (const auto& [name, value] : c.properties) {
    if (!IsField(name) && pick.Shows("properties." + name)) out.Member(name, value.text);
  }
  out.EndObject();
}

void WriteIndices(json::Writer& out, const cases::Case& c, const Picker& pick) {
  if (!pick.ShowsSome("indices")) return;
  out.Key("indices");
  out.BeginObject();
  for (const auto& index : c.indices) {
    const std::string path = "indices." + index.identifier;
    if (!pick.ShowsSome(path)) continue;
    out.Key(index.identifier);
    out.BeginObject();
    const auto member = [&](std::string_view name, std::string_view value) {
      if (pick.Shows(path + "." + std::string(name))) out.Member(name, value);
    };
    member("case_id", index.referenced_id);
    member("case_type", index.referenced_type);
    member("relationship", index.relationship);
    out.EndObject();
  }
  out.EndObject();
}

}  // namespace

Share FieldSelection::Of(std::string_view path) const {
  if (mode == Mode::kAll) return Share::kWhole;
  const bool is_only = mode == Mode::kOnly;
  for (auto above = path; !above.empty();) {
    if (paths.contains(above)) return is_only ? Share::kWhole : Share::kNone;
    const auto dot = above.rfind('.');
    above = dot == std::string_view::npos ? std::string_view() : above.substr(0, dot);
  }
  const std::string below = std::string(path) + ".";
  const auto next = paths.lower_bound(below);
  if (next != paths.end() && next->starts_with(below)) return Share::kPart;
  return is_only ? Share::kNone : Share::kWhole;
}

bool IsFieldParameter(std::string_view name) {
  return PrefixOf(name, kFields) || PrefixOf(name, kExclude);
}

FieldSelection ReadFieldSelection(const QueryParameters& query) {
  auto fields = ReadPaths(query, kFields);
  auto exclude = ReadPaths(query, kExclude);
  if (!fields.empty() && !exclude.empty()) {
    throw Problem(ProblemKind::kBadRequest, "You cannot specify both 'fields' and 'exclude'.");
  }
  if (!fields.empty()) return {Mode::kOnly, std::move(fields)};
  if (!exclude.empty()) return {Mode::kExcept, std::move(exclude)};
  return {};
}

void WriteCaseV2(json::Writer& out, const cases::Case& c, std::string_view project,
                 const FieldSelection& selection) {
  Picker pick(out, selection);
  out.BeginObject();
  pick.Text("domain", project);
  pick.Text("case_id", c.case_id);
  pick.Text("case_type", c.type);
  pick.Text("case_name", c.name);
  pick.Text("external_id", c.external_id);
  pick.Text("owner_id", c.owner_id);
  pick.Time("date_opened", c.opened_on);
  pick.Time("last_modified", c.modified_on);
  pick.Time("server_last_modified", c.server_modified_on);
  pick.Time("indexed_on", c.indexed_on);
  pick.Time("date_closed", c.closed_on);
  pick.Flag("closed", c.is_closed);
  WriteProperties(out, c, pick);
  WriteIndices(out, c, pick);
  out.EndObject();
}

bool WriteFoundV2(json::Writer& out, const std::optional<cases::Case>& found,
                  std::string_view project, const FieldSelection& selection, const AskedId& asked) {
  if (found && !found->is_deleted) {
    WriteCaseV2(out, *found, project, selection);
    return true;
  }
  out.BeginObject();
  out.Member(asked.name, asked.id);
  out.Member("error", "not found");
  out.EndObject();
  return false;
}

std::string RenderCaseV2(const cases::Case& c, std::string_view project,
                         const FieldSelection& selection) {
  std::string text;
  json::Writer out(text);
  WriteCaseV2(out, c, project, selection);
  return text;
}

}  // namespace outpost::web
