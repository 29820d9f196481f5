#include "services/web/api/lookup_api.h"

#include <algorithm>

#include "services/web/api/paging.h"
#include "services/web/api/setup_reply.h"

namespace outpost::web {
namespace {

using fixtures::LookupRow;
using fixtures::LookupTable;
using http::Request;
using http::Response;

void WriteTable(json::Writer& out, const Request& request, const LookupTable& table) {
  out.BeginObject();
  out.Member("id", table.table_id);
  out.Member("tag", table.tag);
  out.Member("is_global", table.is_global);
  out.Key("fields");
  out.BeginArray();
  for (const auto& field : table.fields) {
    out.BeginObject();
    out.Member("field_name", field.name);
    WriteTextList(out, "properties", field.attributes);
    out.EndObject();
  }
  out.EndArray();
  WriteTextList(out, "item_attributes", table.item_attributes);
  out.Member("resource_uri", SiblingPath(request.path, "lookup_table", table.table_id));
  out.EndObject();
}

Response ListTables(Request& request, const ApiCaller& caller) {
  const auto tables = fixtures::ListTables(caller.connection, caller.project.row);
  return ReplyWithPage(request, tables.size(), [&](json::Writer& out, std::size_t index) {
    WriteTable(out, request, tables[index]);
  });
}

Response ShowTable(Request& request, const ApiCaller& caller) {
  const auto table =
      fixtures::FindTableById(caller.connection, caller.project.row, request.captures.at(1));
  if (!table) return ReplyNotFound();
  return ReplyWithObject([&](json::Writer& out) { WriteTable(out, request, *table); });
}

/// One value a field: the first.
void WriteFixture(json::Writer& out, const LookupTable& table, const LookupRow& row) {
  out.BeginObject();
  out.Member("id", row.row_id);
  out.Member("fixture_type", table.tag);
  out.Key("fields");
  out.BeginObject();
  for (const auto& field : table.fields) {
    const auto cells = row.cells.find(field.name);
    const bool has_value = cells != row.cells.end() && !cells->second.empty();
    out.Member(field.name,
               has_value ? std::string_view(cells->second.front().value) : std::string_view());
  }
  out.EndObject();
  out.Member("resource_uri", "");
  out.EndObject();
}

using WriteRow = void (*)(json::Writer& out, const LookupTable& table, const LookupRow& row);

/// A page that may reach over several tables.
Response ListRows(const Request& request, const ApiCaller& caller,
                  const std::vector<LookupTable>& tables, Paging paging, WriteRow write) {
  std::int64_t total = 0;
  std::string rows_text;
  json::Writer rows(rows_text);
  rows.BeginArray();
  for (const auto& table : tables) {
    const auto count = fixtures::CountRows(caller.connection, table);
    const auto begin = std::max<std::int64_t>(paging.offset - total, 0);
    const auto end = std::min(count, paging.offset + paging.limit - total);
    if (begin < end) {
      for (const auto& row : fixtures::ListRows(caller.connection, table, begin, end - begin)) {
        write(rows, table, row);
      }
    }
    total += count;
  }
  rows.EndArray();
  return ReplyWithObject([&](json::Writer& out) {
    out.BeginObject();
    out.Key("meta");
    WriteMeta(out, request, paging, total, paging.offset + paging.limit < total);
    out.Key("objects");
    out.Raw(rows_text);
    out.EndObject();
  });
}

/// Those that `keeps` says so of.
template <class Keeps>
std::vector<LookupTable> Tables(const ApiCaller& caller, const Keeps& keeps) {
  auto tables = fixtures::ListTables(caller.connection, caller.project.row);
  std::erase_if(tables, [&](const LookupTable& table) { return !keeps(table); });
  return tables;
}

Response ListFixtures(Request& request, const ApiCaller& caller) {
  const auto tag = request.QueryValue("fixture_type");
  const auto tables =
      Tables(caller, [&](const LookupTable& table) { return !tag || table.tag == *tag; });
  auto paging = ReadPaging(request, kLimitMax);
  // As many as may be, where nothing is said.
  if (!request.QueryValue("limit")) paging.limit = kLimitMax;
  return ListRows(request, caller, tables, paging, WriteFixture);
}

Response ListItems(Request& request, const ApiCaller& caller) {
  const auto id = request.QueryValue("data_type_id");
  const auto tables =
      Tables(caller, [&](const LookupTable& table) { return !id || table.table_id == *id; });
  return ListRows(request, caller, tables, ReadPaging(request, kLimitMax), WriteLookupItem);
}

}  // namespace

void WriteLookupItem(json::Writer& out, const LookupTable& table, const LookupRow& row) {
  out.BeginObject();
  out.Member("id", row.row_id);
  out.Member("data_type_id", table.table_id);
  out.Key("fields");
  out.BeginObject();
  for (const auto& entry : row.cells) {
    out.Key(entry.first);
    out.BeginObject();
    out.Key("field_list");
    out.BeginArray();
    for (const auto& cell : entry.second) {
      out.BeginObject();
      out.Member("field_value", cell.value);
      WriteTextMap(out, "properties", cell.attributes);
      out.EndObject();
    }
    out.EndArray();
    out.EndObject();
  }
  out.EndObject();
  WriteTextMap(out, "item_attributes", row.item_attributes);
  out.Member("sort_key", row.sort_key);
  out.Member("resource_uri", "");
  out.EndObject();
}

void AddLookupRoutes(http::Router& router, ApiContext& context) {
  const auto add = [&](const std::string& path, std::string_view permission,
                       const ApiHandler& handler) {
    router.AddAsync(http::Method::kGet, "/a/{domain}/api/" + path, {"api/lookup"},
                    Guard(context, Needs(permission), handler));
  };
  for (const auto* path : {"fixture/v1", "v0.5/fixture", "v0.4/fixture"}) {
    add(path, "edit_apps", ListFixtures);
  }
  for (const std::string path : {"lookup_table/v1", "v0.5/lookup_table"}) {
    add(path, "access_api", ListTables);
    add(path + "/{id}", "access_api", ShowTable);
  }
  for (const auto* path : {"lookup_table_item/v1", "v0.5/lookup_table_item", "lookup_table_item/v2",
                           "v0.6/lookup_table_item"}) {
    add(path, "access_api", ListItems);
  }
}

}  // namespace outpost::web
