#include <array>

#include "base/problem.h"
#include "domain/fixtures/lookup_rows.h"
#include "domain/fixtures/lookup_tables.h"
#include "domain/locations/locations.h"
#include "domain/people/groups.h"
#include "operations/admin/detail/commands.h"
#include "operations/admin/detail/lookup_shapes.h"
#include "operations/admin/detail/shapes.h"

namespace outpost::operations::detail {

using boost::json::array;
using boost::json::object;
using fixtures::LookupRow;
using fixtures::Owner;
using fixtures::OwnerKind;

namespace {

object BeginTable(Tools& tools, const Arguments& arguments) {
  return tools.Write([&](sql::Batch& batch) {
    const auto project = RequireProject(batch.connection(), arguments.Text("project"));
    return DescribeTable(fixtures::BeginTable(batch, project.row, LookupTableOf(arguments)));
  });
}

/// Finds owners by the names that people know them by; says which it does not find.
class OwnerFinder {
 public:
  OwnerFinder(sql::Connection& connection, const projects::Project& project)
      : connection_(connection), project_(project) {}

  std::vector<Owner> Find(const Arguments& row) {
    std::vector<Owner> owners;
    for (const auto& name : row.Texts("users")) {
      const auto full = people::FullUsername(name, project_.name);
      const auto account = people::FindByUsername(connection_, full);
      const bool is_here = account && account->project == project_.row;
      Add(owners, OwnerKind::kUser, is_here ? account->user_id : "", "user", name);
    }
    for (const auto& name : row.Texts("groups")) {
      Add(owners, OwnerKind::kGroup, GroupId(name), "group", name);
    }
    for (const auto& name : row.Texts("locations")) {
      Add(owners, OwnerKind::kLocation, LocationId(name), "location", name);
    }
    return owners;
  }

  array warnings;

 private:
  void Add(std::vector<Owner>& owners, OwnerKind kind, const std::string& id, const char* what,
           const std::string& name) {
    if (!id.empty()) {
      owners.push_back({kind, id});
      return;
    }
    const auto text =
        std::string("Unknown ") + what + ": '" + name + "'. But the row is successfully added";
    if (warnings.size() < kWarningsMax) warnings.emplace_back(text);
  }
  std::string GroupId(const std::string& name) {
    try {
      return people::RequireGroup(connection_, project_.row, name).group_id;
    } catch (const Problem&) {
      return "";
    }
  }
  std::string LocationId(const std::string& name) {
    try {
      return locations::RequireLocation(connection_, project_.row, name).location_id;
    } catch (const Problem&) {
      return "";
    }
  }

  static constexpr std::size_t kWarningsMax = 100;
  sql::Connection& connection_;
  const projects::Project& project_;
};

LookupRow RowOf(const Arguments& given) {
  LookupRow row;
  row.row_id = given.TextOr("row_id", "");
  row.sort_key = given.IntOr("sort_key", 0);
  row.item_attributes = TextsOf(given.Object("item_attributes"), "item_attributes");
  for (const auto& field : given.Object("values")) {
    auto& cells = row.cells[std::string(std::string_view(field.key()))];
    const object wrapped{{"values", field.value()}};
    const Arguments list(boost::json::serialize(wrapped),
                         std::array<std::string_view, 1>{"values"});
    for (const auto& one : list.Objects("values")) {
      const Arguments cell(boost::json::serialize(one),
                           std::array<std::string_view, 2>{"value", "attributes"});
      cells.push_back({cell.Text("value"), TextsOf(cell.Object("attributes"), "attributes")});
    }
  }
  return row;
}

/// Behind forms that wait: a large table is many of these.
object FillTable(Tools& tools, const Arguments& arguments) {
  constexpr std::array<std::string_view, 7> kKeys = {
      "row_id", "sort_key", "item_attributes", "values", "users", "groups", "locations"};
  object answer;
  const auto project = RequireProject(*tools.database.Read(), arguments.Text("project"));
  const auto table_id = arguments.Text("table_id");
  tools.writer.RunBulk(project.row, [&](sql::Batch& batch) {
    const auto table = fixtures::FindBegun(batch.connection(), project.row, table_id);
    if (!table) throw Problem(ProblemKind::kNotFound, "No table with this id is being filled.");
    OwnerFinder finder(batch.connection(), project);
    std::int64_t added = 0;
    for (const auto& one : arguments.Objects("rows")) {
      const Arguments given(boost::json::serialize(one), kKeys);
      fixtures::FillRow(batch, *table, RowOf(given), finder.Find(given));
      ++added;
    }
    answer = {{"added", added}, {"warnings", std::move(finder.warnings)}};
  });
  return answer;
}

object FinishTable(Tools& tools, const Arguments& arguments) {
  return tools.Write([&](sql::Batch& batch) {
    const auto project = RequireProject(batch.connection(), arguments.Text("project"));
    const auto table =
        fixtures::FindBegun(batch.connection(), project.row, arguments.Text("table_id"));
    if (!table) throw Problem(ProblemKind::kNotFound, "No table with this id is being filled.");
    fixtures::PutInUse(batch, project.row, *table);
    return DescribeTable(*table);
  });
}

}  // namespace

std::span<const Command> LookupImportCommands() {
  static const std::array<Command, 3> kCommands = {{
      {"lookup.begin",
       {"project", "tag", "table_id", "global", "fields", "item_attributes"},
       BeginTable},
      {"lookup.fill", {"project", "table_id", "rows"}, FillTable},
      {"lookup.finish", {"project", "table_id"}, FinishTable},
  }};
  return kCommands;
}

}  // namespace outpost::operations::detail
