#include <algorithm>
#include <array>

#include "base/problem.h"
#include "domain/forms/form_store.h"
#include "domain/intake/archive.h"
#include "domain/intake/deletion.h"
#include "domain/intake/edit_answers.h"
#include "domain/intake/read_ahead.h"
#include "operations/admin/detail/commands.h"

namespace outpost::operations::detail {

using boost::json::array;
using boost::json::object;

namespace {

/// Who acts when the operator names nobody.
constexpr const char* kOperator = "system";
constexpr std::int64_t kFailedPerPageMax = 1'000;

using Look = void (intake::ReadAhead::*)(sql::Connection&, std::int64_t, std::string_view);

/// Runs `act` on the project space named by the arguments, in one job of the writer. Before, `look`
/// reads what the document `id` needs, so that the job does not hold the writer for it.
template <class Act>
object RunAct(Tools& tools, const Arguments& arguments, Look look, std::string_view id, Act act) {
  intake::ReadAhead ahead(tools.database, tools.intake.blobs());
  const auto project = [&] {
    const auto connection = tools.database.Read();
    auto found = RequireProject(*connection, arguments.Text("project"));
    if (look != nullptr) (ahead.*look)(*connection, found.row, id);
    return found;
  }();
  const intake::Deed deed{project, arguments.TextOr("user_id", kOperator), &ahead};
  object result;
  tools.writer.Run(project.row, [&](sql::Batch& batch) { result = act(batch, deed); });
  return result;
}

template <class Act>
object RunAct(Tools& tools, const Arguments& arguments, Act act) {
  return RunAct(tools, arguments, nullptr, {}, act);
}

object Archive(Tools& tools, const Arguments& arguments) {
  const auto id = arguments.Text("form_id");
  return RunAct(tools, arguments, &intake::ReadAhead::AddForm, id,
                [&](sql::Batch& batch, const intake::Deed& deed) {
                  intake::ArchiveForm(batch, tools.intake.blobs(), deed, id);
                  return object{{"form_id", id}, {"state", "archived"}};
                });
}

object Unarchive(Tools& tools, const Arguments& arguments) {
  const auto id = arguments.Text("form_id");
  return RunAct(tools, arguments, &intake::ReadAhead::AddForm, id,
                [&](sql::Batch& batch, const intake::Deed& deed) {
                  intake::UnarchiveForm(batch, tools.intake.blobs(), deed, id);
                  return object{{"form_id", id}, {"state", "normal"}};
                });
}

object DeleteForm(Tools& tools, const Arguments& arguments) {
  const auto id = arguments.Text("form_id");
  return RunAct(tools, arguments, [&](sql::Batch& batch, const intake::Deed& deed) {
    return object{{"form_id", id}, {"deletion_id", intake::DeleteForm(batch, deed, id)}};
  });
}

object UndeleteForm(Tools& tools, const Arguments& arguments) {
  const auto id = arguments.Text("form_id");
  return RunAct(tools, arguments, [&](sql::Batch& batch, const intake::Deed& deed) {
    intake::UndeleteForm(batch, deed, id);
    return object{{"form_id", id}};
  });
}

object Reprocess(Tools& tools, const Arguments& arguments) {
  const auto id = arguments.Text("form_id");
  return RunAct(tools, arguments, [&](sql::Batch& batch, const intake::Deed& deed) {
    const auto problem = intake::ReprocessForm(batch, tools.intake.blobs(), deed, id);
    return object{{"form_id", id}, {"processed", problem.empty()}, {"problem", problem}};
  });
}

object ListFailed(Tools& tools, const Arguments& arguments) {
  const auto connection = tools.database.Read();
  const auto project = RequireProject(*connection, arguments.Text("project"));
  const auto limit = std::clamp<std::int64_t>(arguments.IntOr("limit", 100), 1, kFailedPerPageMax);
  array list;
  std::int64_t last = 0;
  for (const auto& form : forms::ListFailed(*connection, project.row, arguments.IntOr("before", 0),
                                            static_cast<int>(limit))) {
    list.push_back({{"form_id", form.form_id},
                    {"doc_type", forms::DocTypeOf(form.state, form.deleted_on.has_value())},
                    {"received_on", FormatT6(form.received_on)},
                    {"user_id", form.user_id.value_or("")},
                    {"xmlns", form.xmlns},
                    {"problem", form.problem.value_or("")}});
    last = form.row;
  }
  const bool may_have_more = static_cast<std::int64_t>(list.size()) == limit;
  return {{"forms", std::move(list)}, {"next_before", may_have_more ? last : 0}};
}

intake::Answers AnswersOf(const Arguments& arguments) {
  intake::Answers answers;
  for (const auto& entry : arguments.Object("answers")) {
    if (!entry.value().is_string()) {
      throw Problem(ProblemKind::kBadRequest, "Each answer must be a text.");
    }
    answers[std::string(entry.key())] = std::string(entry.value().get_string());
  }
  if (answers.empty()) throw Problem(ProblemKind::kBadRequest, "There is no answer to change.");
  return answers;
}

/// A new version of a form with other answers, through the door that every form comes in by.
object EditForm(Tools& tools, const Arguments& arguments) {
  const auto id = arguments.Text("form_id");
  const auto answers = AnswersOf(arguments);
  intake::Submission submission;
  {
    const auto connection = tools.database.Read();
    auto project = RequireProject(*connection, arguments.Text("project"));
    const auto form = forms::FindForm(*connection, tools.database, project.row, id);
    if (!form) throw Problem(ProblemKind::kNotFound, "There is no form " + id + ".");
    const auto stored = forms::ReadXml(*connection, tools.intake.blobs(), form->row);
    submission.xml = intake::ReplaceAnswers(stored, answers);
    if (submission.xml == stored) return {{"form_id", id}, {"changed", false}};
    submission.app_id = form->app_id;
    submission.build_id = form->build_id;
    submission.project = std::make_shared<const projects::Project>(std::move(project));
  }
  submission.received_on = tools.clock.Now();
  submission.acknowledged_id = id;
  submission.request.auth = {forms::AuthContext::Kind::kRequest, true,
                             arguments.TextOr("user_id", kOperator)};
  std::vector<intake::ParsedSubmission> parsed;
  parsed.push_back(tools.intake.ParseForm(std::move(submission)));
  const auto receipt = tools.intake.ReceiveBulk(std::move(parsed)).front();
  if (receipt.outcome == intake::Outcome::kContentError) {
    throw Problem(ProblemKind::kUnprocessable,
                  "The edited form is refused and kept as a form in error: " + receipt.problem);
  }
  return {{"form_id", receipt.form_id}, {"changed", true}};
}

object Describe(std::string_view case_id, const intake::CaseDeletion& deletion) {
  return {{"case_id", case_id},
          {"deletion_id", deletion.deletion_id},
          {"form_ids", boost::json::value_from(deletion.form_ids)}};
}

object DeleteCase(Tools& tools, const Arguments& arguments) {
  const auto id = arguments.Text("case_id");
  const bool with_forms = arguments.FlagOr("with_forms", false);
  const Look look = with_forms ? &intake::ReadAhead::AddCase : nullptr;
  return RunAct(tools, arguments, look, id, [&](sql::Batch& batch, const intake::Deed& deed) {
    return Describe(id, intake::DeleteCase(batch, tools.intake.blobs(), deed, id, with_forms));
  });
}

object UndeleteCase(Tools& tools, const Arguments& arguments) {
  const auto id = arguments.Text("case_id");
  return RunAct(tools, arguments, [&](sql::Batch& batch, const intake::Deed& deed) {
    return Describe(id, intake::UndeleteCase(batch, deed, id));
  });
}

object RebuildCase(Tools& tools, const Arguments& arguments) {
  const auto id = arguments.Text("case_id");
  return RunAct(tools, arguments, &intake::ReadAhead::AddCase, id,
                [&](sql::Batch& batch, const intake::Deed& deed) {
                  intake::RebuildCaseByRequest(batch, tools.intake.blobs(), deed, id);
                  return object{{"case_id", id}};
                });
}

}  // namespace

std::span<const Command> FormCommands() {
  static const std::array<Command, 10> kCommands = {{
      {"form.archive", {"project", "form_id", "user_id"}, Archive},
      {"form.unarchive", {"project", "form_id", "user_id"}, Unarchive},
      {"form.delete", {"project", "form_id", "user_id"}, DeleteForm},
      {"form.undelete", {"project", "form_id", "user_id"}, UndeleteForm},
      {"form.reprocess", {"project", "form_id", "user_id"}, Reprocess},
      {"form.failed", {"project", "before", "limit"}, ListFailed},
      {"form.edit", {"project", "form_id", "answers", "user_id"}, EditForm},
      {"case.delete", {"project", "case_id", "with_forms", "user_id"}, DeleteCase},
      {"case.undelete", {"project", "case_id", "user_id"}, UndeleteCase},
      {"case.rebuild", {"project", "case_id", "user_id"}, RebuildCase},
  }};
  return kCommands;
}

}  // namespace outpost::operations::detail
