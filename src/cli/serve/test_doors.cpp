#include "cli/serve/test_doors.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <string>
#include <utility>

#include "base/problem.h"
#include "domain/cases/case_store.h"
#include "domain/device_logs/report_view.h"
#include "domain/forms/form_store.h"
#include "domain/ledgers/ledger_store.h"
#include "domain/sync_log/sync_log.h"
#include "format/json/writer.h"

namespace outpost::cli {
namespace {

using boost::json::object;
using http::Request;
using http::Response;

constexpr std::array<std::string_view, 13> kCountable = {"forms",
                                                         "sync_logs",
                                                         "cases",
                                                         "case_transactions",
                                                         "case_indices",
                                                         "form_attachments",
                                                         "held_forms",
                                                         "changes",
                                                         "accounts",
                                                         "ledgers",
                                                         "ledger_transactions",
                                                         "device_reports",
                                                         "device_log_requests"};

object ArgumentsOf(const Request& request) {
  const auto body = request.body.bytes();
  boost::json::error_code error;
  const auto value = boost::json::parse({body.data(), body.size()}, error);
  if (error || !value.is_object()) {
    throw Problem(ProblemKind::kBadRequest, "The body must be a JSON object.");
  }
  return value.get_object();
}

std::string TextOf(const object& arguments, std::string_view key) {
  const auto* value = arguments.if_contains({key.data(), key.size()});
  if (value == nullptr || !value->is_string()) {
    throw Problem(ProblemKind::kBadRequest, "The text \"" + std::string(key) + "\" is missing.");
  }
  return std::string(value->get_string());
}

std::int64_t ProjectOf(TestDoors& doors, const object& arguments) {
  const auto project = doors.projects.Find(TextOf(arguments, "project"));
  if (project == nullptr) throw Problem(ProblemKind::kNotFound, "There is no such project space.");
  return project->row;
}

void TimeMember(json::Writer& out, std::string_view key, const std::optional<Instant>& value) {
  out.MemberOrNull(key, value ? std::optional(FormatT6(*value)) : std::nullopt);
}

Response SetClock(TestDoors& doors, const Request& request) {
  const std::string at = TextOf(ArgumentsOf(request), "at");
  if (at == "real") {
    doors.clock.FollowSystem();
    return Response::Json(200, "{}");
  }
  const auto instant = ParseDateTime(at);
  if (!instant) throw Problem(ProblemKind::kBadRequest, "\"at\" must be a datetime or \"real\".");
  doors.clock.Set(*instant);
  return Response::Json(200, "{}");
}

Response Count(TestDoors& doors, const Request& request) {
  const auto arguments = ArgumentsOf(request);
  const std::string table = TextOf(arguments, "table");
  if (std::find(kCountable.begin(), kCountable.end(), table) == kCountable.end()) {
    throw Problem(ProblemKind::kBadRequest, "This table is not counted.");
  }
  std::string query = "SELECT count(*) FROM " + table;
  std::vector<sql::Param> parameters;
  const bool by_state = arguments.contains("state");
  if (arguments.contains("project")) {
    const bool by_form = table == "form_attachments";
    const bool by_case = table == "case_transactions" || table == "case_indices" ||
                         table == "ledgers" || table == "ledger_transactions";
    query += by_form   ? " WHERE form IN (SELECT id FROM forms WHERE project = $1)"
             : by_case ? " WHERE case_row IN (SELECT id FROM cases WHERE project = $1)"
                       : " WHERE project = $1";
    parameters.emplace_back(ProjectOf(doors, arguments));
    if (by_state) {
      query += " AND state = $2";
      parameters.emplace_back(arguments.at("state").as_int64());
    }
  }
  const auto connection = doors.database.Read();
  const auto rows = connection->Query(query, std::span<const sql::Param>(parameters));
  rows->Next();
  return Response::Json(200, "{\"count\": " + std::to_string(rows->Int(0)) + "}");
}

Response ShowIntegrity(TestDoors& doors, const Request&) {
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  out.Member("problems", doors.database.IntegrityProblems());
  out.EndObject();
  return Response::Json(200, text);
}

void WriteForm(json::Writer& out, const forms::FormRecord& form, std::string_view project) {
  out.Member("form_id", form.form_id);
  out.Member("doc_type", forms::DocTypeOf(form.state, form.deleted_on.has_value()));
  out.Member("state", static_cast<std::int64_t>(form.state));
  out.Member("xmlns", form.xmlns);
  out.MemberOrNull("user_id", form.user_id);
  out.MemberOrNull("app_id", form.app_id);
  out.MemberOrNull("build_id", form.build_id);
  TimeMember(out, "received_on", std::optional(form.received_on));
  TimeMember(out, "edited_on", form.edited_on);
  out.MemberOrNull("orig_id", form.orig_id);
  out.MemberOrNull("deprecated_form_id", form.deprecated_form_id);
  out.MemberOrNull("problem", form.problem);
  out.Member("initial_processing_complete", form.is_complete);
  out.Key("auth_context");
  out.Raw(forms::RenderAuthContext(form.request.auth, project));
  out.Key("openrosa_headers");
  out.Raw(forms::RenderOpenRosaHeaders(form.request));
  const auto sent = form.request.date_header ? ParseHttpDate(*form.request.date_header)
                                             : std::optional<Instant>();
  TimeMember(out, "date_header", sent);
  out.MemberOrNull("last_sync_token", form.request.last_sync_token);
  out.Member("submit_ip", form.request.submit_ip);
  out.Key("history");
  out.Raw(form.history);
}

Response ShowForm(TestDoors& doors, const Request& request) {
  const auto arguments = ArgumentsOf(request);
  const auto connection = doors.database.Read();
  const auto form = forms::FindForm(*connection, doors.database, ProjectOf(doors, arguments),
                                    TextOf(arguments, "form_id"));
  if (!form) throw Problem(ProblemKind::kNotFound, "There is no such form.");
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  WriteForm(out, *form, TextOf(arguments, "project"));
  out.Key("attachments");
  out.BeginArray();
  for (const auto& attachment : forms::ListAttachments(*connection, form->row)) {
    out.String(attachment.name);
  }
  out.EndArray();
  out.Member("xml", forms::ReadXml(*connection, doors.blobs, form->row));
  out.EndObject();
  return Response::Json(200, text);
}

Response ListForms(TestDoors& doors, const Request& request) {
  const auto arguments = ArgumentsOf(request);
  const auto connection = doors.database.Read();
  const auto rows =
      connection->Query("SELECT form_id, state, orig_id FROM forms WHERE project = $1 ORDER BY id",
                        {ProjectOf(doors, arguments)});
  std::string text;
  json::Writer out(text);
  out.BeginArray();
  while (rows->Next()) {
    out.BeginObject();
    out.Member("form_id", rows->Text(0));
    out.Member("state", rows->Int(1));
    out.MemberOrNull(
        "orig_id", rows->IsNull(2) ? std::optional<std::string>() : std::optional(rows->String(2)));
    out.EndObject();
  }
  out.EndArray();
  return Response::Json(200, text);
}

/// What is stored under a report's id; the parts of one that came in two as one.
Response ShowDeviceLog(TestDoors& doors, const Request& request) {
  const auto arguments = ArgumentsOf(request);
  const auto connection = doors.database.Read();
  auto found =
      device_logs::FindReports(*connection, doors.blobs, doors.database,
                               ProjectOf(doors, arguments), TextOf(arguments, "report_id"));
  if (found.empty()) throw Problem(ProblemKind::kNotFound, "There is no such device report.");
  auto& all = found.front();
  const auto append = [](auto& to, auto& from) { to.insert(to.end(), from.begin(), from.end()); };
  for (std::size_t i = 1; i < found.size(); ++i) {
    append(all.report.users, found[i].report.users);
    append(all.report.logs, found[i].report.logs);
    append(all.report.errors, found[i].report.errors);
    append(all.report.closes, found[i].report.closes);
  }
  return Response::Json(200, device_logs::RenderReport(all));
}

void WriteTransactions(json::Writer& out, sql::Connection& connection, std::int64_t case_row) {
  const auto transactions = cases::ListTransactions(connection, case_row);
  const auto form_ids = cases::FormIdsOf(connection, transactions);
  out.Key("xform_ids");
  out.BeginArray();
  for (std::size_t i = 0; i < transactions.size(); ++i) {
    if (!transactions[i].is_revoked && !form_ids[i].empty()) out.String(form_ids[i]);
  }
  out.EndArray();
  out.Key("transactions");
  out.BeginArray();
  for (std::size_t i = 0; i < transactions.size(); ++i) {
    out.BeginObject();
    out.Member("seq", transactions[i].seq);
    out.Member("form_id", form_ids[i]);
    out.Member("type", transactions[i].type);
    out.Member("revoked", transactions[i].is_revoked);
    TimeMember(out, "server_date", std::optional(transactions[i].server_date));
    TimeMember(out, "client_date", transactions[i].client_date);
    out.MemberOrNull("sync_log_id", transactions[i].sync_log_id);
    out.EndObject();
  }
  out.EndArray();
}

void WriteCase(json::Writer& out, const cases::Case& c) {
  out.Member("case_id", c.case_id);
  out.Member("type", c.type);
  out.Member("name", c.name);
  out.Member("owner_id", c.owner_id);
  out.Member("external_id", c.external_id);
  out.MemberOrNull("location_id", c.location_id);
  TimeMember(out, "opened_on", c.opened_on);
  out.Member("opened_by", c.opened_by);
  TimeMember(out, "modified_on", c.modified_on);
  out.Member("modified_by", c.modified_by);
  TimeMember(out, "server_modified_on", std::optional(c.server_modified_on));
  out.Member("closed", c.is_closed);
  TimeMember(out, "closed_on", c.closed_on);
  out.Member("closed_by", c.closed_by);
  out.Member("deleted", c.is_deleted);
  out.Key("properties");
  out.Raw(cases::RenderProperties(c));
  out.Key("indices");
  out.BeginArray();
  for (const auto& index : c.indices) {
    out.BeginObject();
    out.Member("identifier", index.identifier);
    out.Member("referenced_id", index.referenced_id);
    out.Member("referenced_type", index.referenced_type);
    out.Member("relationship", index.relationship);
    out.EndObject();
  }
  out.EndArray();
}

Response ShowCase(TestDoors& doors, const Request& request) {
  const auto arguments = ArgumentsOf(request);
  const auto connection = doors.database.Read();
  const auto found = cases::FindCase(*connection, doors.database, ProjectOf(doors, arguments),
                                     TextOf(arguments, "case_id"));
  if (!found) throw Problem(ProblemKind::kNotFound, "There is no such case.");
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  WriteCase(out, *found);
  WriteTransactions(out, *connection, found->row);
  out.EndObject();
  return Response::Json(200, text);
}

/// Every case of a type, by row.
Response ListCases(TestDoors& doors, const Request& request) {
  const auto arguments = ArgumentsOf(request);
  const auto project = ProjectOf(doors, arguments);
  const auto connection = doors.database.Read();
  std::vector<std::int64_t> found;
  {
    const auto rows =
        connection->Query("SELECT id FROM cases WHERE project = $1 AND type = $2 ORDER BY id",
                          {project, std::string_view(TextOf(arguments, "type"))});
    while (rows->Next()) found.push_back(rows->Int(0));
  }
  std::string text;
  json::Writer out(text);
  out.BeginArray();
  for (const auto row : found) {
    out.BeginObject();
    WriteCase(out, *cases::FindCaseByRow(*connection, project, row));
    out.EndObject();
  }
  out.EndArray();
  return Response::Json(200, text);
}

/// {"hold": true}: no restore is begun until it is false.
Response HoldRestores(TestDoors& doors, const Request& request) {
  doors.restores.Hold(ArgumentsOf(request).at("hold").as_bool());
  return Response::Json(200, "{}");
}

/// {"all": true}: restores of any size are sent while they are made.
Response ShareRestores(TestDoors& doors, const Request& request) {
  doors.restorer.ShareAll(ArgumentsOf(request).at("all").as_bool());
  return Response::Json(200, "{}");
}

/// {"hold": true}: nothing is committed until it is false.
Response HoldWriter(TestDoors& doors, const Request& request) {
  doors.writer_hold.Hold(ArgumentsOf(request).at("hold").as_bool());
  return Response::Json(200, "{}");
}

void WriteLines(json::Writer& out, const std::vector<ledgers::Transaction>& history) {
  out.BeginArray();
  for (const auto& line : history) {
    out.BeginObject();
    out.Member("type", line.kind == ledgers::Kind::kBalance ? "balance" : "transfer");
    out.Member("delta", line.delta);
    out.Member("updated_balance", line.updated_balance);
    out.Member("report_date", FormatT6(line.report_date));
    out.EndObject();
  }
  out.EndArray();
}

Response ShowLedgers(TestDoors& doors, const Request& request) {
  const auto arguments = ArgumentsOf(request);
  const auto connection = doors.database.Read();
  const auto owner = cases::FindCase(*connection, doors.database, ProjectOf(doors, arguments),
                                     TextOf(arguments, "case_id"));
  std::string text;
  json::Writer out(text);
  out.BeginArray();
  const auto row = owner ? owner->row : 0;
  for (const auto& ledger : ledgers::ListValues(*connection, row, TextOf(arguments, "case_id"))) {
    auto history = ledgers::ListTransactions(*connection, {ledger.key, row});
    out.BeginObject();
    out.Member("section_id", ledger.key.section_id);
    out.Member("entry_id", ledger.key.entry_id);
    out.Member("case_id", ledger.key.case_id);
    out.Member("balance", ledger.balance);
    out.Key("transactions_by_report_date");
    WriteLines(out, history);
    std::sort(history.begin(), history.end(), [](const auto& a, const auto& b) {
      return std::pair(a.form_row, a.step) < std::pair(b.form_row, b.step);
    });
    out.Key("transactions");
    WriteLines(out, history);
    out.EndObject();
  }
  out.EndArray();
  return Response::Json(200, text);
}

/// What the phone holds that has this token, after its next purge.
Response ShowSyncLog(TestDoors& doors, const Request& request) {
  const auto arguments = ArgumentsOf(request);
  const auto connection = doors.database.Read();
  const auto log =
      sync_log::FindByToken(*connection, ProjectOf(doors, arguments), TextOf(arguments, "token"));
  if (!log) throw Problem(ProblemKind::kNotFound, "There is no such sync log.");
  const auto graph = sync_log::ReadGraph(*connection, doors.database, *log);
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  out.Member("user_id", log->user_id);
  out.Key("held");
  out.BeginArray();
  for (const auto& id : sync_log::CaseIdsOf(*connection, sync_log::PurgedBy(graph, log->owners))) {
    out.String(id);
  }
  out.EndArray();
  out.EndObject();
  return Response::Json(200, text);
}

/// Every route of the public listeners, for tests of tables.
Response ShowRoutes(TestDoors& doors, const Request& /*request*/) {
  std::string text;
  json::Writer out(text);
  out.BeginArray();
  for (const auto& route : doors.router.routes()) {
    out.BeginObject();
    out.Member("method", http::NameOf(route.method));
    out.Member("pattern", route.pattern);
    out.EndObject();
  }
  out.EndArray();
  return Response::Json(200, text);
}

/// Returns when every user case is as its worker is.
Response CatchUpUserCases(TestDoors& doors, const Request& /*request*/) {
  doors.user_cases.CatchUp();
  return Response::Json(200, "{}");
}

}  // namespace

void WriterHold::Hold(bool holds) {
  const std::lock_guard lock(mutex_);
  if (holds == may_go_on_.has_value()) return;
  if (!holds) {
    may_go_on_->set_value();
    waiting_.join();
    may_go_on_.reset();
    return;
  }
  may_go_on_.emplace();
  std::promise<void> is_held;
  waiting_ = std::thread([this, &is_held, go_on = may_go_on_->get_future()] {
    bool has_told = false;
    writer_.Run(0, [&](sql::Batch&) {
      if (!std::exchange(has_told, true)) is_held.set_value();
      go_on.wait();
    });
  });
  is_held.get_future().wait();
}

void AddTestDoors(http::Router& router, TestDoors& doors) {
  using Door = Response (*)(TestDoors&, const Request&);
  const auto add = [&](std::string_view name, Door door) {
    router.Add(http::Method::kPost, "/admin/" + std::string(name), {"admin/test"},
               [&doors, door](Request& request) { return door(doors, request); });
  };
  add("test.clock", SetClock);
  add("test.count", Count);
  add("test.routes", ShowRoutes);
  add("test.integrity", ShowIntegrity);
  add("test.form", ShowForm);
  add("test.forms", ListForms);
  add("test.case", ShowCase);
  add("test.cases", ListCases);
  add("test.hold_restores", HoldRestores);
  add("test.hold_writer", HoldWriter);
  add("test.share_restores", ShareRestores);
  add("test.ledgers", ShowLedgers);
  add("test.device_log", ShowDeviceLog);
  add("test.sync_log", ShowSyncLog);
  add("test.user_cases", CatchUpUserCases);
}

}  // namespace outpost::cli
