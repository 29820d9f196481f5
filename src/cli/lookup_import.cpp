#include "cli/lookup_import.h"

#include <algorithm>

#include "base/problem.h"
#include "base/text.h"
#include "format/sheets/csv_reader.h"

namespace outpost::cli {
namespace {

using boost::json::array;
using boost::json::object;

/// What one question carries: requests to the server have 64 kB.
constexpr std::size_t kPartBytesMax = 48 * 1024;

[[noreturn]] void Refuse(const std::string& why) { throw Problem(ProblemKind::kBadRequest, why); }

LookupColumn ColumnOf(const std::string& title) {
  LookupColumn column;
  column.name = std::string(Trim(title));
  if (column.name == "user:") column.kind = LookupColumn::Kind::kUser;
  if (column.name == "group:") column.kind = LookupColumn::Kind::kGroup;
  if (column.name == "location:") column.kind = LookupColumn::Kind::kLocation;
  if (column.name.starts_with('@')) {
    column.kind = LookupColumn::Kind::kItemAttribute;
    column.name.erase(0, 1);
  }
  const auto begin = column.name.find('[');
  if (column.kind == LookupColumn::Kind::kField && begin != std::string::npos) {
    const auto equals = column.name.find('=', begin);
    if (equals == std::string::npos || !column.name.ends_with(']')) {
      Refuse("The column '" + title + "' should be like name[lang=en].");
    }
    column.attribute = column.name.substr(begin + 1, equals - begin - 1);
    column.attribute_value = column.name.substr(equals + 1, column.name.size() - equals - 2);
    column.name.resize(begin);
  }
  if (column.name.empty()) Refuse("A column of the first row has no name.");
  return column;
}

object& FieldNamed(array& fields, const std::string& name) {
  for (auto& field : fields) {
    if (field.at("name") == boost::json::string_view(name)) return field.as_object();
  }
  fields.push_back(object{{"name", name}, {"attributes", array()}, {"indexed", false}});
  return fields.back().as_object();
}

void AddOnce(array& texts, const std::string& text) {
  const auto found = std::find(texts.begin(), texts.end(), boost::json::value(text));
  if (found == texts.end()) texts.emplace_back(text);
}

/// Rows on their way to the server.
class Parts {
 public:
  Parts(const Question& question, std::string project, std::string table_id)
      : question_(question), project_(std::move(project)), table_id_(std::move(table_id)) {}

  void Add(object row) {
    const auto bytes = boost::json::serialize(row).size();
    if (bytes_ + bytes > kPartBytesMax) Send();
    bytes_ += bytes;
    rows_.push_back(std::move(row));
  }
  void Send() {
    if (rows_.empty()) return;
    const auto answer = Ask(question_, "lookup.fill",
                            {{"project", project_}, {"table_id", table_id_}, {"rows", rows_}});
    sent += answer.at("added").as_int64();
    for (const auto& warning : answer.at("warnings").as_array()) warnings.push_back(warning);
    rows_.clear();
    bytes_ = 0;
  }

  std::int64_t sent = 0;
  array warnings;

 private:
  const Question& question_;
  std::string project_, table_id_;
  array rows_;
  std::size_t bytes_ = 0;
};

}  // namespace

std::vector<LookupColumn> ReadLookupColumns(const std::vector<std::string>& header) {
  std::vector<LookupColumn> columns;
  for (const auto& title : header) columns.push_back(ColumnOf(title));
  return columns;
}

object LookupDefinition(const std::vector<LookupColumn>& columns,
                        const std::vector<std::string>& indexed) {
  array fields, item_attributes;
  for (const auto& column : columns) {
    if (column.kind == LookupColumn::Kind::kItemAttribute) AddOnce(item_attributes, column.name);
    if (column.kind != LookupColumn::Kind::kField) continue;
    auto& field = FieldNamed(fields, column.name);
    if (!column.attribute.empty()) AddOnce(field.at("attributes").as_array(), column.attribute);
  }
  const auto count = fields.size();
  for (const auto& name : indexed) FieldNamed(fields, name)["indexed"] = true;
  if (fields.size() != count) Refuse("There is no column for one of the indexed fields.");
  return {{"fields", std::move(fields)}, {"item_attributes", std::move(item_attributes)}};
}

object LookupRowOf(const std::vector<LookupColumn>& columns, const std::vector<std::string>& cells,
                   std::int64_t sort_key) {
  object values, item_attributes;
  array users, groups, locations;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto& column = columns[i];
    const std::string text = i < cells.size() ? cells[i] : "";
    if (column.kind == LookupColumn::Kind::kItemAttribute) {
      item_attributes[column.name] = text;
    } else if (column.kind != LookupColumn::Kind::kField) {
      auto& owners = column.kind == LookupColumn::Kind::kUser    ? users
                     : column.kind == LookupColumn::Kind::kGroup ? groups
                                                                 : locations;
      if (!text.empty()) owners.emplace_back(text);
    } else if (column.attribute.empty() || !text.empty()) {
      object value{{"value", text}};
      if (!column.attribute.empty()) {
        value["attributes"] = object{{column.attribute, column.attribute_value}};
      }
      auto& list = values[column.name];
      if (!list.is_array()) list = array();
      list.get_array().push_back(std::move(value));
    }
  }
  return {{"sort_key", sort_key},
          {"values", std::move(values)},
          {"users", std::move(users)},
          {"groups", std::move(groups)},
          {"locations", std::move(locations)},
          {"item_attributes", std::move(item_attributes)}};
}

object ImportLookupTable(const Question& question, std::istream& in,
                         const std::vector<std::string>& indexed) {
  sheets::CsvReader reader(in);
  std::vector<std::string> cells;
  if (!reader.Next(cells)) Refuse("The file is empty: its first row names the columns.");
  const auto columns = ReadLookupColumns(cells);
  auto arguments = question.arguments;
  for (auto& part : LookupDefinition(columns, indexed)) arguments[part.key()] = part.value();
  const auto begun = Ask(question, "lookup.begin", arguments);
  const auto project = TextOf(question.arguments, "project");
  const auto table_id = TextOf(begun, "table_id");
  Parts parts(question, project, table_id);
  for (std::int64_t row = 1; reader.Next(cells); ++row) {
    if (cells.size() > columns.size()) {
      Refuse("Line " + std::to_string(reader.line()) + " has more cells than there are columns.");
    }
    parts.Add(LookupRowOf(columns, cells, row));
  }
  parts.Send();
  const auto finished =
      Ask(question, "lookup.finish", {{"project", project}, {"table_id", table_id}});
  return {{"tag", TextOf(finished, "tag")},
          {"rows", parts.sent},
          {"warnings", std::move(parts.warnings)}};
}

}  // namespace outpost::cli
