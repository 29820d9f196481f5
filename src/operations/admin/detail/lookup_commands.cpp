#include <algorithm>
#include <array>

#include "domain/fixtures/lookup_rows.h"
#include "domain/fixtures/lookup_tables.h"
#include "operations/admin/detail/commands.h"
#include "operations/admin/detail/lookup_shapes.h"
#include "operations/admin/detail/shapes.h"

namespace outpost::operations::detail {

using boost::json::array;
using boost::json::object;
using fixtures::LookupRow;

namespace {

constexpr std::int64_t kRowsPerPage = 200;
constexpr std::int64_t kRowsPerPageMax = 1'000;

object Describe(const LookupRow& row) {
  object cells;
  for (const auto& entry : row.cells) {
    array values;
    for (const auto& value : entry.second) {
      values.push_back(object{{"value", value.value}, {"attributes", JsonOf(value.attributes)}});
    }
    cells[entry.first] = std::move(values);
  }
  return {{"row_id", row.row_id},
          {"sort_key", row.sort_key},
          {"item_attributes", JsonOf(row.item_attributes)},
          {"values", std::move(cells)}};
}

object CreateTable(Tools& tools, const Arguments& arguments) {
  return tools.Write([&](sql::Batch& batch) {
    const auto project = RequireProject(batch.connection(), arguments.Text("project"));
    return DescribeTable(fixtures::CreateTable(batch, project.row, LookupTableOf(arguments)));
  });
}

object ListTables(Tools& tools, const Arguments& arguments) {
  const auto lease = tools.database.Read();
  const auto project = RequireProject(*lease, arguments.Text("project"));
  array list;
  for (const auto& table : fixtures::ListTables(*lease, project.row)) {
    auto described = DescribeTable(table);
    described["rows"] = fixtures::CountRows(*lease, table);
    list.push_back(std::move(described));
  }
  return {{"tables", std::move(list)}};
}

array DescribeOwners(sql::Connection& connection, std::int64_t row) {
  constexpr std::array<std::string_view, 3> kKinds = {"user", "group", "location"};
  array list;
  for (const auto& owner : fixtures::OwnersOfRow(connection, row)) {
    const auto kind = static_cast<std::size_t>(owner.kind) - 1;
    list.push_back(object{{"kind", kKinds.at(kind)}, {"id", owner.id}});
  }
  return list;
}

object ListRows(Tools& tools, const Arguments& arguments) {
  const auto lease = tools.database.Read();
  const auto project = RequireProject(*lease, arguments.Text("project"));
  const auto table = fixtures::RequireTable(*lease, project.row, arguments.Text("tag"));
  const auto offset = std::max<std::int64_t>(arguments.IntOr("offset", 0), 0);
  const auto limit =
      std::clamp<std::int64_t>(arguments.IntOr("limit", kRowsPerPage), 1, kRowsPerPageMax);
  array list;
  for (const auto& row : fixtures::ListRows(*lease, table, offset, limit)) {
    auto described = Describe(row);
    described["owners"] = DescribeOwners(*lease, row.row);
    list.push_back(std::move(described));
  }
  const bool has_more = static_cast<std::int64_t>(list.size()) == limit;
  return {{"rows", std::move(list)},
          {"next", has_more ? boost::json::value(offset + limit) : boost::json::value()}};
}

object DeleteTable(Tools& tools, const Arguments& arguments) {
  return tools.Write([&](sql::Batch& batch) {
    const auto project = RequireProject(batch.connection(), arguments.Text("project"));
    const auto table =
        fixtures::RequireTable(batch.connection(), project.row, arguments.Text("tag"));
    fixtures::DeleteTable(batch, project.row, table);
    return DescribeTable(table);
  });
}

}  // namespace

std::span<const Command> LookupCommands() {
  static const std::array<Command, 4> kCommands = {{
      {"lookup.create",
       {"project", "tag", "table_id", "global", "fields", "item_attributes"},
       CreateTable},
      {"lookup.list", {"project"}, ListTables},
      {"lookup.rows", {"project", "tag", "offset", "limit"}, ListRows},
      {"lookup.delete", {"project", "tag"}, DeleteTable},
  }};
  return kCommands;
}

}  // namespace outpost::operations::detail
