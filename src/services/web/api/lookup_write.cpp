#include <optional>

#include "base/problem.h"
#include "domain/fixtures/lookup_rows.h"
#include "domain/fixtures/lookup_tables.h"
#include "services/web/api/case_v2_payload.h"
#include "services/web/api/lookup_api.h"
#include "services/web/api/setup_reply.h"
#include "services/web/api/write_body.h"

namespace outpost::web {
namespace {

using boost::json::object;
using fixtures::CellValue;
using fixtures::LookupRow;
using fixtures::LookupTable;
using http::Request;
using http::Response;

/// What clients are told when the table of a new row is not there.
constexpr const char* kUnknownTable =
    "Sorry, this request could not be processed. Please try again later.";

[[noreturn]] void Refuse(const std::string& why) { throw Problem(ProblemKind::kBadRequest, why); }

Response Empty(int status) { return Response::Text(status, ""); }

/// What is wrong with the schema of a table or the values of a row: a list of one.
Response SchemaError(std::string_view told) {
  std::string text;
  json::Writer out(text);
  out.BeginArray();
  out.String(told);
  out.EndArray();
  return Response::Json(400, text);
}

/// Runs `write`; what the rules of tables and rows refuse is told as schema errors are.
template <class Write>
Response Answer(Write write) {
  try {
    return write();
  } catch (const Problem& problem) {
    if (problem.kind() == ProblemKind::kConflict) return ApiError(400, problem.told());
    if (problem.kind() == ProblemKind::kBadRequest) return SchemaError(problem.told());
    throw;
  }
}

/// Puts over `table` what the body says; its tag only where it has none.
void PutSent(LookupTable& table, const object& from) {
  if (table.tag.empty()) table.tag = SentText(from, "tag").value_or("");
  if (const auto is_global = SentFlag(from, "is_global")) table.is_global = *is_global;
  if (auto names = SentTextList(from, "item_attributes")) table.item_attributes = std::move(*names);
  const auto* fields = SentList(from, "fields");
  if (fields == nullptr) return;
  std::vector<fixtures::LookupField> sent;
  for (const auto& one : *fields) {
    const auto& field = RequireObject(one);
    auto& put = sent.emplace_back();
    put.name = SentText(field, "field_name").value_or("");
    put.attributes = SentTextList(field, "properties").value_or(std::vector<std::string>());
    // Not in the API: an index that the table has already stays.
    for (const auto& known : table.fields) {
      if (known.name == put.name) put.is_indexed = known.is_indexed;
    }
  }
  table.fields = std::move(sent);
}

void CreateTable(sql::Batch& batch, std::int64_t project, const object& from) {
  LookupTable table;
  PutSent(table, from);
  fixtures::CreateTable(batch, project, table);
}

Response PostTable(sql::Writer& writer, const Request& request, const ApiCaller& caller) {
  const auto body = ReadJsonBody(request.body);
  const auto& from = RequireObject(body);
  return Answer([&] {
    writer.Run(caller.project.row,
               [&](sql::Batch& batch) { CreateTable(batch, caller.project.row, from); });
    return Empty(201);
  });
}

Response PutTable(sql::Writer& writer, const Request& request, const ApiCaller& caller) {
  const auto body = ReadJsonBody(request.body);
  const auto& from = RequireObject(body);
  const auto project = caller.project.row;
  const auto tag = SentText(from, "tag");
  return Answer([&] {
    bool is_new = false, is_retagged = false;
    writer.Run(project, [&](sql::Batch& batch) {
      auto table = fixtures::FindTableById(batch.connection(), project, request.captures.at(1));
      is_new = !table;
      is_retagged = table && tag && *tag != table->tag;
      if (is_retagged) return;
      if (is_new) return CreateTable(batch, project, from);
      PutSent(*table, from);
      fixtures::ChangeTable(batch, project, *table);
    });
    if (is_retagged) return ApiError(400, "Lookup table tag cannot be changed");
    return Empty(is_new ? 201 : 204);
  });
}

Response DeleteTable(sql::Writer& writer, const Request& request, const ApiCaller& caller) {
  bool is_gone = false;
  const auto project = caller.project.row;
  writer.Run(project, [&](sql::Batch& batch) {
    const auto table = fixtures::FindTableById(batch.connection(), project, request.captures.at(1));
    is_gone = table.has_value();
    if (table) fixtures::DeleteTable(batch, project, *table);
  });
  return is_gone ? Empty(202) : ReplyNotFound();
}

CellValue CellOf(const boost::json::value& sent) {
  if (sent.is_string()) return {std::string(std::string_view(sent.get_string())), {}};
  const auto& cell = RequireObject(sent);
  return {SentText(cell, "field_value", true).value_or(""),
          SentTextMap(cell, "properties").value_or(std::map<std::string, std::string>())};
}

/// {"field_list": [{"field_value", "properties"}]}, or a plain text.
std::vector<CellValue> CellsOf(std::string_view field, const boost::json::value& sent) {
  if (sent.is_null()) return {};
  if (sent.is_string()) return {CellOf(sent)};
  const auto* list = SentList(RequireObject(sent), "field_list");
  if (list == nullptr) Refuse("The field '" + std::string(field) + "' needs a field_list.");
  std::vector<CellValue> cells;
  for (const auto& one : *list) cells.push_back(CellOf(one));
  return cells;
}

void PutSent(LookupRow& row, const object& from) {
  if (auto attributes = SentTextMap(from, "item_attributes")) {
    row.item_attributes = std::move(*attributes);
  }
  if (const auto key = SentNumber(from, "sort_key")) row.sort_key = *key;
  const auto* fields = SentObject(from, "fields");
  if (fields == nullptr) return;
  row.cells.clear();
  for (const auto& [name, sent] : *fields)
    row.cells[std::string(name)] = CellsOf(std::string_view(name), sent);
}

/// False when the table that it names is not there.
bool CreateRow(sql::Batch& batch, std::int64_t project, const object& from) {
  const auto table = fixtures::FindTableById(batch.connection(), project,
                                             SentText(from, "data_type_id").value_or(""));
  if (!table) return false;
  LookupRow row;
  PutSent(row, from);
  fixtures::AddRow(batch, project, *table, row, {});
  return true;
}

struct Found {
  LookupTable table;
  LookupRow row;
};
std::optional<Found> FindItem(sql::Connection& connection, std::int64_t project,
                              std::string_view id) {
  for (auto& table : fixtures::ListTables(connection, project)) {
    if (auto row = fixtures::FindRow(connection, table, id)) {
      return Found{std::move(table), std::move(*row)};
    }
  }
  return std::nullopt;
}

Response ShowItem(Request& request, const ApiCaller& caller) {
  const auto found = FindItem(caller.connection, caller.project.row, request.captures.at(1));
  if (!found) return ReplyNotFound();
  return ReplyWithObject(
      [&](json::Writer& out) { WriteLookupItem(out, found->table, found->row); });
}

Response PostItem(sql::Writer& writer, const Request& request, const ApiCaller& caller) {
  const auto body = ReadJsonBody(request.body);
  const auto& from = RequireObject(body);
  if (!SentText(from, "data_type_id")) return ApiError(400, "'data_type_id' is required.");
  return Answer([&] {
    bool is_there = false;
    writer.Run(caller.project.row,
               [&](sql::Batch& batch) { is_there = CreateRow(batch, caller.project.row, from); });
    return is_there ? Empty(201) : ErrorMessage(404, kUnknownTable);
  });
}

Response PutItem(sql::Writer& writer, const Request& request, const ApiCaller& caller) {
  const auto body = ReadJsonBody(request.body);
  const auto& from = RequireObject(body);
  const auto project = caller.project.row;
  return Answer([&] {
    int status = 204;
    writer.Run(project, [&](sql::Batch& batch) {
      auto found = FindItem(batch.connection(), project, request.captures.at(1));
      if (!found) {
        status = CreateRow(batch, project, from) ? 201 : 404;
        return;
      }
      PutSent(found->row, from);
      const auto owners = fixtures::OwnersOfRow(batch.connection(), found->row.row);
      fixtures::ChangeRow(batch, project, found->table, found->row, owners);
    });
    return status == 404 ? ErrorMessage(404, kUnknownTable) : Empty(status);
  });
}

Response DeleteItem(sql::Writer& writer, const Request& request, const ApiCaller& caller) {
  bool is_gone = false;
  const auto project = caller.project.row;
  writer.Run(project, [&](sql::Batch& batch) {
    const auto found = FindItem(batch.connection(), project, request.captures.at(1));
    is_gone = found.has_value();
    if (found) fixtures::DeleteRow(batch, project, found->table, found->row.row);
  });
  return is_gone ? Empty(202) : ReplyNotFound();
}

}  // namespace

void AddLookupWriteRoutes(http::Router& router, ApiContext& context, sql::Writer& writer) {
  using http::Method;
  using Writing = Response (*)(sql::Writer&, const Request&, const ApiCaller&);
  const auto add = [&](Method method, const std::string& path, const ApiHandler& handler) {
    router.AddAsync(method, "/a/{domain}/api/" + path, {"api/lookup"},
                    Guard(context, Needs("access_api"), handler));
  };
  const auto add_writing = [&](Method method, const std::string& path, Writing handler) {
    add(method, path, [&writer, handler](Request& request, const ApiCaller& caller) {
      return handler(writer, request, caller);
    });
  };
  for (const std::string path : {"lookup_table/v1", "v0.5/lookup_table"}) {
    add_writing(Method::kPost, path, PostTable);
    add_writing(Method::kPut, path + "/{id}", PutTable);
    add_writing(Method::kDelete, path + "/{id}", DeleteTable);
  }
  for (const std::string path : {"lookup_table_item/v1", "v0.5/lookup_table_item",
                                 "lookup_table_item/v2", "v0.6/lookup_table_item"}) {
    add(Method::kGet, path + "/{id}", ShowItem);
    add_writing(Method::kPost, path, PostItem);
    add_writing(Method::kPut, path + "/{id}", PutItem);
    add_writing(Method::kDelete, path + "/{id}", DeleteItem);
  }
}

}  // namespace outpost::web
