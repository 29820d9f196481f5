#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <iostream>

#include "base/problem.h"
#include "cli/admin_client.h"
#include "cli/commands.h"
#include "cli/record_command.h"

namespace outpost::cli {
namespace {

using boost::json::object;
using Given = std::shared_ptr<RecordArguments>;

constexpr std::int64_t kPage = 1'000;

std::string_view Text(const boost::json::value& form, std::string_view key) {
  return form.at(key).as_string();
}

/// Calls `each` for every failed form of the project, newest first.
template <class Each>
void ForEachFailed(const RecordArguments& given, Each each) {
  std::int64_t before = 0;
  do {
    const object arguments{{"project", given.project}, {"before", before}, {"limit", kPage}};
    const auto page = boost::json::parse(
        CallServer(given.data, "form.failed", boost::json::serialize(arguments)));
    for (const auto& form : page.at("forms").as_array()) each(form);
    before = page.at("next_before").as_int64();
  } while (before != 0);
}

void ListFailed(const RecordArguments& given) {
  std::int64_t count = 0;
  ForEachFailed(given, [&](const boost::json::value& form) {
    ++count;
    if (given.as_json) {
      std::cout << boost::json::serialize(form) << '\n';
      return;
    }
    std::cout << Text(form, "form_id") << "  " << Text(form, "received_on") << "  "
              << Text(form, "doc_type") << "  " << Text(form, "problem") << '\n';
  });
  if (!given.as_json && count == 0) std::cout << "No form of this project has failed.\n";
}

void Reprocess(RecordArguments& given, bool all_failed) {
  if (all_failed) {
    ForEachFailed(given, [&](const boost::json::value& form) {
      // What is no form at all stays what it is.
      if (Text(form, "doc_type") == "XFormError") given.ids.emplace_back(Text(form, "form_id"));
    });
  } else if (given.ids.empty()) {
    throw Problem(ProblemKind::kBadRequest, "Name the forms, or say --all-failed.");
  }
  RunPerId(given, "form.reprocess", "form_id", {});
}

object AnswersOf(const std::vector<std::string>& settings) {
  object answers;
  for (const auto& setting : settings) {
    const auto equals = setting.find('=');
    if (equals == std::string::npos) {
      throw Problem(ProblemKind::kBadRequest, "Write an answer as PATH=VALUE: " + setting);
    }
    answers[setting.substr(0, equals)] = setting.substr(equals + 1);
  }
  return answers;
}

void AddFailures(CLI::App* family, const Given& given) {
  auto* failed = AddRecordCommand(family, given, "failed",
                                  "List forms that could not be processed, newest first",
                                  "outpost form failed --project nutrition");
  failed->callback([given] { ListFailed(*given); });
  auto* again = AddRecordCommand(family, given, "reprocess",
                                 "Process forms in error again, with the cases as they are now",
                                 "outpost form reprocess --project nutrition --all-failed");
  const auto all_failed = std::make_shared<bool>(false);
  again->add_option("ids", given->ids, "Form ids");
  again->add_flag("--all-failed", *all_failed, "Every form in error of the project");
  again->callback([given, all_failed] { Reprocess(*given, *all_failed); });
}

void AddEdit(CLI::App* family, const Given& given) {
  auto* edit = AddRecordCommand(
      family, given, "edit", "Change answers of a stored form; the old version is kept",
      "outpost form edit ID --project nutrition --set 'visit[2]/weight=3.4' --user USER-ID");
  const auto settings = std::make_shared<std::vector<std::string>>();
  edit->add_option("id", given->ids, "Form id")->required()->expected(1);
  edit->add_option("--set", *settings, "PATH=VALUE below the form's root; may be repeated")
      ->required();
  edit->add_option("--user", given->user, "Who does it; recorded in the history");
  edit->callback([given, settings] {
    RunPerId(*given, "form.edit", "form_id", {{"answers", AnswersOf(*settings)}});
  });
}

}  // namespace

void AddFormCommand(CLI::App& app) {
  const auto given = std::make_shared<RecordArguments>();
  auto* family = app.add_subcommand("form", "Look after stored forms");
  family->require_subcommand(1);
  AddFailures(family, given);
  AddPerId(family, given, "archive", "Take forms out of effect: their cases are computed anew",
           "outpost form archive ID --project nutrition --user USER-ID", "form.archive", "form_id");
  AddPerId(family, given, "unarchive", "Let archived forms count again",
           "outpost form unarchive ID --project nutrition", "form.unarchive", "form_id");
  AddPerId(family, given, "delete", "Hide forms; they are removed for good after the retention",
           "outpost form delete ID --project nutrition", "form.delete", "form_id");
  AddPerId(family, given, "undelete", "Bring deleted forms back",
           "outpost form undelete ID --project nutrition", "form.undelete", "form_id");
  AddEdit(family, given);
}

}  // namespace outpost::cli
