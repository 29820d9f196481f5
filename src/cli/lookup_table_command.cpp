#include <fstream>
#include <iostream>

#include "base/problem.h"
#include "cli/commands.h"
#include "cli/lookup_import.h"
#include "cli/question.h"

namespace outpost::cli {
namespace {

using boost::json::array;
using boost::json::object;

void PrintTable(const object& table) {
  std::cout << TextOf(table, "tag") << If(table, "global", "global");
  if (const auto* rows = table.if_contains("rows"))
    std::cout << ", " << rows->as_int64() << " rows";
  std::cout << ":";
  for (const auto& field : table.at("fields").as_array()) {
    std::cout << ' ' << TextOf(field.as_object(), "name");
  }
  std::cout << '\n';
}

void PrintRow(const object& row) {
  std::cout << row.at("sort_key").as_int64();
  for (const auto& field : row.at("values").as_object()) {
    for (const auto& value : field.value().as_array()) {
      std::cout << "  " << field.key() << '=' << TextOf(value.as_object(), "value");
    }
  }
  std::cout << '\n';
}

struct ImportArguments {
  std::string file;
  std::vector<std::string> indexed;
};

void Import(const Question& question, const ImportArguments& given) {
  std::ifstream file;
  if (given.file != "-") {
    file.open(given.file, std::ios::binary);
    if (!file) throw Problem(ProblemKind::kNotFound, "There is no file " + given.file + ".");
  }
  const auto answer =
      ImportLookupTable(question, given.file == "-" ? std::cin : file, given.indexed);
  if (question.as_json) {
    std::cout << boost::json::serialize(answer) << '\n';
    return;
  }
  std::cout << TextOf(answer, "tag") << ": " << answer.at("rows").as_int64() << " rows\n";
  for (const auto& warning : answer.at("warnings").as_array()) {
    std::cerr << warning.as_string().c_str() << '\n';
  }
}

void AddImport(CLI::App* family) {
  QuestionCommand import(family, "import",
                         "Fill a lookup table from a CSV file, in place of its rows",
                         "outpost lookup-table import city cities.csv --global --index id "
                         "--project chw\n"
                         "         The first row names the columns: a field, name[lang=en] for a "
                         "value with an\n"
                         "         attribute, @code for an attribute of the row, user: group: "
                         "location: for owners.");
  const auto given = std::make_shared<ImportArguments>();
  import.Text("tag", "tag", "Tag of the table", true);
  import.app()->add_option("file", given->file, "CSV file; - for standard input")->required();
  import.Switch("global", "global", "Every phone gets all rows");
  import.app()
      ->add_option("--index", given->indexed, "Field that phones index; several")
      ->allow_extra_args(false);
  import.app()->callback([asked = import.asked(), given] { Import(*asked, *given);
});
}  // namespace

}  // namespace outpost::cli

void AddLookupTableCommand(CLI::App& app) {
  auto* family = app.add_subcommand("lookup-table", "Lookup tables that apps read");
  family->require_subcommand(1);
  QuestionCommand create(
      family, "create", "Create an empty lookup table",
      "outpost lookup-table create city --field id --field name --global --project chw");
  create.Text("tag", "tag", "Tag of the table", true)
      .Switch("global", "global", "Every phone gets all rows")
      .Texts("--item-attribute", "item_attributes", "Attribute of rows; several");
  const auto put = [asked = create.asked()](const std::vector<std::string>& names) {
    array fields;
    for (const auto& name : names) fields.push_back(object{{"name", name}});
    asked->arguments["fields"] = std::move(fields);
  };
  create.app()
      ->add_option_function<std::vector<std::string>>("--field", put, "Field of a row; several")
      ->allow_extra_args(false);
  create.Asks("lookup.create", PrintTable);
  QuestionCommand(family, "list", "List the lookup tables",
                  "outpost lookup-table list --project chw")
      .AsksPages("lookup.list", "tables", "after", PrintTable);
  QuestionCommand(family, "rows", "List the rows of a lookup table",
                  "outpost lookup-table rows city --project chw")
      .Text("tag", "tag", "Tag of the table", true)
      .AsksPages("lookup.rows", "rows", "offset", PrintRow);
  QuestionCommand(family, "delete", "Delete a lookup table; phones are told that it is empty",
                  "outpost lookup-table delete city --project chw")
      .Text("tag", "tag", "Tag of the table", true)
      .Asks("lookup.delete", PrintTable);
  AddImport(family);
}

}  // namespace outpost::cli
