#include "services/mobile/receiver/success_text.h"

#include "base/text.h"
#include "domain/people/access.h"
#include "services/mobile/receiver/openrosa_reply.h"

namespace outpost::mobile {
namespace {

constexpr std::string_view kSubmitHistory = "corehq.apps.reports.standard.inspect.SubmitHistory";
constexpr std::string_view kCaseList = "corehq.apps.reports.standard.cases.basic.CaseListReport";

bool SeesReport(const people::Access& access, std::string_view report) {
  return access.May("view_reports") || access.permissions.view_report_list.contains(report);
}

std::string Link(std::string_view text, const std::string& path) {
  return "[" + std::string(text) + "](" + path + ")";
}

/// A case's name is somebody's text: it must not become a link of its own.
std::string EscapeMarkdown(std::string_view text) {
  constexpr std::string_view kMarks = "\\`*_{}[]()<>#!|~";
  std::string escaped;
  for (const char c : text) {
    if (kMarks.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c == '\n' || c == '\r' ? ' ' : c;
  }
  return escaped;
}

/// The pages that the texts lead to.
struct Pages {
  std::string root;

  explicit Pages(const std::string& project) : root("/a/" + project) {}
  std::string Form(const std::string& id) const {
    return root + "/reports/form_data/" + PercentEncode(id) + "/";
  }
  std::string Case(const std::string& id) const {
    return root + "/reports/case_data/" + PercentEncode(id) + "/";
  }
  std::string FormExports() const { return root + "/data/export/custom/form/"; }
  std::string CaseExports() const { return root + "/data/export/custom/case/"; }
};

/// "[this case](…)" or "these cases: [name](…), [name](…)".
std::string CaseLinks(const Pages& pages, const std::vector<intake::AffectedCase>& cases) {
  if (cases.size() == 1) return Link("this case", pages.Case(cases.front().case_id));
  std::string links = "these cases: ";
  for (const auto& affected : cases) {
    if (&affected != &cases.front()) links += ", ";
    links += Link(EscapeMarkdown(affected.name), pages.Case(affected.case_id));
  }
  return links;
}

std::string SubmittedText(const SuccessTone& tone, const intake::Receipt& receipt) {
  const Pages pages(tone.project);
  const bool has_cases = tone.sees_cases && !receipt.cases.empty();
  const std::string cases = has_cases ? CaseLinks(pages, receipt.cases) : std::string();
  if (!tone.sees_forms) return has_cases ? "Your form affected " + cases + "." : std::string();
  const std::string form = "You submitted " + Link("this form", pages.Form(receipt.form_id));
  return has_cases ? form + ", which affected " + cases + "." : form + ".";
}

std::string ExportText(const SuccessTone& tone, const intake::Receipt& receipt) {
  const Pages pages(tone.project);
  if (!tone.exports_data) return {};
  if (receipt.cases.empty()) {
    return "Click to export your " + Link("form data", pages.FormExports()) + ".";
  }
  return "Click to export your " + Link("case", pages.CaseExports()) + " or " +
         Link("form", pages.FormExports()) + " data.";
}

}  // namespace

SuccessTone ToneFor(const intake::ParsedSubmission& parsed, sql::Database& database) {
  SuccessTone tone;
  if (parsed.identity.device_id != kWebEntryDevice) return tone;
  tone.is_web_entry = true;
  tone.project = parsed.submission.project->name;
  const auto connection = database.Read();
  const auto account = people::FindByUserId(*connection, parsed.identity.user_id.value_or(""));
  if (!account || account->kind != people::Kind::kWebUser) return tone;
  const auto access = people::AccessOf(*connection, *account, parsed.submission.project->row);
  tone.is_web_user = true;
  tone.sees_forms = SeesReport(access, kSubmitHistory);
  tone.sees_cases = SeesReport(access, kCaseList);
  tone.exports_data = access.May("edit_data");
  return tone;
}

std::string SuccessText(const SuccessTone& tone, const intake::Receipt& receipt) {
  if (!tone.is_web_entry) return std::string(kSuccessText);
  std::string text = "Form successfully saved!";
  // A held form has no page yet.
  if (!tone.is_web_user || receipt.outcome == intake::Outcome::kHeld) return text;
  for (const auto& paragraph : {SubmittedText(tone, receipt), ExportText(tone, receipt)}) {
    if (!paragraph.empty()) text += "\n\n" + paragraph;
  }
  return text;
}

}  // namespace outpost::mobile
