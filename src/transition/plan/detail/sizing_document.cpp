#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "format/sheets/page.h"
#include "transition/plan/detail/documents.h"
#include "transition/plan/scale.h"
#include "transition/sizing/evaluate.h"
#include "transition/sizing/quick.h"
#include "transition/sizing/read_config.h"
#include "transition/sizing/render.h"

namespace outpost::plan::detail {
namespace {

void AddOwnConfiguration(const Plan& plan, Document* doc) {
  const auto file = plan.folder / plan.scale.sizing_file;
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) {
    throw Problem(ProblemKind::kNotFound,
                  fmt::format("scale.sizing_file: cannot read {}.", file.string()));
  }
  const auto result =
      sizing::EvaluateAll(sizing::ReadConfig(text.str(), plan.scale.sizing_file), {});
  doc->Heading(fmt::format("From {}", plan.scale.sizing_file));
  for (const auto& warning : result.warnings) doc->Note(warning);
  for (const auto& set : result.sets) {
    for (const auto& summary : set.summaries) {
      doc->SubHeading(summary.sheet_name);
      doc->Table(summary.storage_by_group);
      doc->Table(summary.vms_by_type);
    }
  }
}

void AddComparison(const Plan& plan, const sizing::QuickAnswer& answer, Document* doc) {
  double cores = 0;
  double ram = 0;
  double disk = 0;
  for (const auto& machine : Main(plan).machines) {
    cores += machine.cores;
    ram += machine.ram_gb;
    disk += machine.disk_gb;
  }
  doc->Heading("What the plan has");
  doc->Table({"",
              {"", "Cores", "RAM (GB)", "Disk (GB)"},
              {{"Needed at the end", answer.outpost.cores, answer.outpost.ram_gb,
                answer.outpost.storage_gb.back()},
               {"In the plan", cores, ram, disk},
               {"Left", cores - answer.outpost.cores, ram - answer.outpost.ram_gb,
                disk - answer.outpost.storage_gb.back()}}});
  if (disk < answer.outpost.storage_gb.back()) {
    doc->Note(fmt::format("The disks are full before the end of the plan. {}",
                          plan.data_centre.disk_growth));
  }
}

}  // namespace

Document SizingDocument(const Plan& plan) {
  Document doc("sizing", "Sizing");
  const auto questions = QuestionsOf(plan);
  const auto answer = sizing::Quick(questions);
  doc.Text(fmt::format("From {} users in {} to {} after {} years. Answers C1.3, C1.4, Q1.2, Q1.3.",
                       questions.users, plan.scale.start, questions.users_target, questions.years));
  sheets::Plot plot{"Storage at the end of each year", "GB", {}, {}};
  for (std::size_t i = 0; i < answer.users.size(); ++i) {
    plot.labels.push_back(fmt::format("year {}", i + 1));
  }
  plot.lines = {{"Outpost", answer.outpost.storage_gb},
                {"CommCare HQ", answer.commcare_hq.storage_gb}};
  doc.Picture("storage.svg", sheets::SvgOf(plot), Document::Narrow::kShrinks);
  const auto book = sizing::WorkbookOf(answer);
  for (const auto& table : book.sheets[0].tables) {
    if (table.title == "Remarks") continue;
    doc.Heading(table.title);
    doc.Table(table);
  }
  AddComparison(plan, answer, &doc);
  doc.Heading("Remarks");
  doc.Items(answer.remarks);
  if (!plan.scale.sizing_file.empty()) AddOwnConfiguration(plan, &doc);
  doc.Heading("Again");
  doc.Text(
      "When the figures change: edit `[scale]` of the plan, or keep a configuration of the "
      "resource model beside it and name it as `sizing_file`.");
  doc.Code(
      fmt::format("outpost size quick --users {} --target {} --years {} --start {} --forms {} "
                  "--cases {} --attachment-kb {}{} --keep sizing.yml",
                  questions.users, questions.users_target, questions.years, plan.scale.start,
                  questions.forms_per_user, questions.new_cases_per_user,
                  questions.attachment_kb_per_form, questions.standby ? " --standby" : ""));
  return doc;
}

}  // namespace outpost::plan::detail
