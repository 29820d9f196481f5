#include "domain/people/custom_fields.h"

#include <algorithm>
#include <set>

#include "base/problem.h"
#include "base/text.h"
#include "domain/people/detail/pattern.h"
#include "domain/people/marks.h"
#include "format/json/text_map.h"

namespace outpost::people {
namespace {

constexpr std::int64_t kRequiredOfWorkers = 1;
constexpr std::int64_t kRequiredOfWebUsers = 2;

std::string_view NameOf(FieldsOf kind) { return kind == FieldsOf::kUsers ? "user" : "location"; }

bool IsSlugCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

[[noreturn]] void Refuse(const CustomField& field, const char* why) {
  throw Problem(ProblemKind::kBadRequest, "The field '" + field.slug + "' " + why);
}

void Check(const CustomField& field) {
  if (field.slug.empty() || field.slug.size() > kSlugCharactersMax ||
      !std::all_of(field.slug.begin(), field.slug.end(), IsSlugCharacter)) {
    Refuse(field, "needs a name of up to 127 letters, digits, _ and -.");
  }
  if (ToLower(field.slug).starts_with("xml") || IsReservedKey(field.slug)) {
    Refuse(field, "has a name that is reserved: it must not begin with xml or commcare.");
  }
  if (!field.choices.empty() && !field.pattern.empty()) {
    Refuse(field, "has choices or a pattern, not both.");
  }
  if (CountCharacters(field.pattern) > kPatternCharactersMax) {
    Refuse(field, "has a pattern of more than 255 characters.");
  }
  if (!field.pattern.empty() && !detail::IsPattern(field.pattern)) {
    Refuse(field, "has a pattern that is not a regular expression without back-references.");
  }
}

bool Matches(const CustomField& field, const std::string& value) {
  return value.size() <= kMatchedBytesMax && detail::IsFound(field.pattern, value);
}

std::string ProblemOfValue(const CustomField& field, const std::string& value) {
  if (!field.choices.empty() &&
      std::find(field.choices.begin(), field.choices.end(), value) == field.choices.end()) {
    std::string choices;
    for (const auto& choice : field.choices) choices += (choices.empty() ? "" : ", ") + choice;
    return "'" + value + "' is not a valid choice for " + field.slug + ". The available options " +
           "are: " + choices + ".";
  }
  if (field.pattern.empty() || Matches(field, value)) return "";
  if (!field.pattern_message.empty()) return field.pattern_message;
  return "'" + value + "' does not fit the pattern of " + field.slug + ".";
}

}  // namespace

bool IsReservedKey(std::string_view key) { return key.starts_with("commcare"); }

void SetFields(sql::Batch& batch, std::int64_t project, FieldsOf kind,
               const std::vector<CustomField>& fields) {
  if (fields.size() > kFieldsMax) {
    throw Problem(ProblemKind::kBadRequest, "A project space has at most 500 fields of a kind.");
  }
  std::set<std::string_view> slugs;
  for (const auto& field : fields) {
    Check(field);
    if (!slugs.insert(field.slug).second) Refuse(field, "is there twice.");
  }
  batch.connection().Execute("DELETE FROM custom_fields WHERE project = $1 AND kind = $2",
                             {project, NameOf(kind)});
  std::int64_t place = 0;
  for (const auto& field : fields) {
    const std::int64_t required_of = (field.is_required_of_workers ? kRequiredOfWorkers : 0) |
                                     (field.is_required_of_web_users ? kRequiredOfWebUsers : 0);
    const auto choices = json::RenderTextList(field.choices);
    batch.connection().Execute(
        "INSERT INTO custom_fields (project, kind, slug, place, label, required_of, choices,"
        " pattern, pattern_message) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        {project, NameOf(kind), field.slug, place++,
         field.label.empty() ? std::string_view(field.slug) : std::string_view(field.label),
         required_of, choices, field.pattern, field.pattern_message});
  }
  const auto stamp = NextMarked(batch, project, kPeopleMark);
  MoveMark(batch, project, kind == FieldsOf::kLocations ? kLocationsMark : kUserDataMark,
           stamp.seq);
}

std::vector<CustomField> ListFields(sql::Connection& connection, std::int64_t project,
                                    FieldsOf kind) {
  std::vector<CustomField> fields;
  const auto rows = connection.Query(
      "SELECT slug, label, required_of, choices, pattern, pattern_message FROM custom_fields"
      " WHERE project = $1 AND kind = $2 ORDER BY place",
      {project, NameOf(kind)});
  while (rows->Next()) {
    CustomField field;
    field.slug = rows->Text(0);
    field.label = rows->Text(1);
    field.is_required_of_workers = (rows->Int(2) & kRequiredOfWorkers) != 0;
    field.is_required_of_web_users = (rows->Int(2) & kRequiredOfWebUsers) != 0;
    field.choices = json::ReadTextList(rows->Text(3));
    field.pattern = rows->Text(4);
    field.pattern_message = rows->Text(5);
    fields.push_back(std::move(field));
  }
  return fields;
}

std::string ProblemsOfValues(const std::vector<CustomField>& fields,
                             const std::map<std::string, std::string>& values, ValuesOf of) {
  std::string problems;
  const auto add = [&](const std::string& problem) {
    if (!problem.empty()) problems += (problems.empty() ? "" : " ") + problem;
  };
  for (const auto& [key, value] : values) {
    if (IsReservedKey(key)) add("'" + key + "' is reserved.");
  }
  for (const auto& field : fields) {
    const auto found = values.find(field.slug);
    const bool has_value = found != values.end() && !found->second.empty();
    const bool is_required =
        of == ValuesOf::kWebUser ? field.is_required_of_web_users : field.is_required_of_workers;
    if (has_value) {
      add(ProblemOfValue(field, found->second));
    } else if (is_required) {
      add(field.slug + " is required.");
    }
  }
  return problems;
}

}  // namespace outpost::people
