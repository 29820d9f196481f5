#include "transition/plan/documents.h"

#include <fmt/format.h>

#include "transition/catalogue/item.h"
#include "transition/plan/detail/documents.h"

namespace outpost::plan {
namespace detail {

std::string OrOpen(const std::string& text) { return text.empty() ? "to be filled in" : text; }

std::string Minutes(int minutes) {
  constexpr int kHour = 60;
  constexpr int kDay = 24 * kHour;
  const auto say = [](int count, const char* unit) {
    return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
  };
  if (minutes >= 2 * kDay && minutes % kDay == 0) return say(minutes / kDay, "day");
  if (minutes >= kHour && minutes % kHour == 0) return say(minutes / kHour, "hour");
  return say(minutes, "minute");
}

std::string NamesWith(const Plan& plan, std::string_view duty) {
  std::string names;
  for (const auto* person : plan.PeopleWith(duty)) {
    names += (names.empty() ? "" : ", ") + person->name;
  }
  return names.empty() ? "to be named" : names;
}

const Environment& Main(const Plan& plan) {
  OUTPOST_CHECK(!plan.environments.empty());
  return plan.environments.front();
}

}  // namespace detail

std::vector<Document> DocumentsOf(const Plan& plan) {
  std::vector<Document> documents;
  documents.push_back(detail::ArchitectureDocument(plan));
  documents.push_back(detail::InventoryDocument(plan));
  documents.push_back(detail::SizingDocument(plan));
  documents.push_back(detail::NamesDocument(plan));
  documents.push_back(detail::InstallationDocument(plan));
  documents.push_back(detail::MonitoringDocument(plan));
  documents.push_back(detail::BackupDocument(plan));
  documents.push_back(detail::MaintenanceDocument(plan));
  documents.push_back(detail::LevelsDocument(plan));
  documents.push_back(detail::RecoveryDocument(plan));
  documents.push_back(detail::OnCallDocument(plan));
  if (!plan.move.from.empty()) documents.push_back(detail::MoveDocument(plan));
  documents.push_back(detail::ProposalDocument(plan));
  return documents;
}

sheets::Workbook AnswerMatrixOf(const Plan& plan) {
  sheets::Table about{"Request for proposals",
                      {"", ""},
                      {{"Organisation", plan.organisation},
                       {"Programme", plan.programme},
                       {"Number", plan.proposal.number}}};
  sheets::Table checkpoints{"",
                            {"Id", "Phase", "Checkpoint", "Shown by", "This software today", "How",
                             "Bidder confirms (yes/no)", "Bidder's example"},
                            {}};
  for (const auto& answer : transition::Answers()) {
    const auto* item = transition::FindItem(answer.id);
    checkpoints.rows.push_back({std::string(item->id), std::string(item->phase),
                                std::string(item->text), std::string(item->proof),
                                std::string(NameOf(answer.coverage)), std::string(answer.text), "",
                                ""});
  }
  const auto plain = [](transition::ItemKind kind, std::vector<std::string> columns) {
    sheets::Table table{"", std::move(columns), {}};
    for (const auto* item : transition::ItemsOf(kind)) {
      std::vector<sheets::Cell> row = {std::string(item->id), std::string(item->text)};
      row.resize(table.columns.size(), std::string());
      table.rows.push_back(std::move(row));
    }
    return table;
  };
  return {
      {{"Checkpoints", {std::move(about), std::move(checkpoints)}},
       {"Guiding questions",
        {plain(transition::ItemKind::kQuestion, {"Id", "Question", "Bidder's answer"})}},
       {"Responsibilities",
        {plain(transition::ItemKind::kScope,
               {"Id", "Task", "Provider", "Client", "Bidder's remark"})}},
       {"Parts",
        {plain(transition::ItemKind::kHostingElement,
               {"Id", "Part", "Built in, or which engine", "Where"})}},
       {"Skills", {plain(transition::ItemKind::kSkill, {"Id", "Skill", "Person", "Stands in"})}}}};
}

}  // namespace outpost::plan
