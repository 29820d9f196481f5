#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "operations/doctor/doctor.h"

namespace outpost::doctor {
namespace {

constexpr std::string_view kPlain = "\033[0m";

std::string_view ColourOf(Judgement judgement) {
  switch (judgement) {
    case Judgement::kOk:
      return "\033[32m";
    case Judgement::kWarning:
      return "\033[33m";
    case Judgement::kFailure:
      return "\033[31m";
  }
  return "";
}

std::ptrdiff_t CountOf(const std::vector<Finding>& findings, Judgement judgement) {
  return std::count_if(findings.begin(), findings.end(),
                       [&](const Finding& finding) { return finding.judgement == judgement; });
}

Judgement WorstOf(const std::vector<Finding>& findings) {
  auto worst = Judgement::kOk;
  for (const auto& finding : findings) worst = std::max(worst, finding.judgement);
  return worst;
}

}  // namespace

std::string TextOf(const std::vector<Finding>& findings, bool has_colours) {
  std::size_t width = 0;
  for (const auto& finding : findings) width = std::max(width, finding.check.size());
  std::string text;
  for (const auto& finding : findings) {
    const auto word = fmt::format("{:<8}", NameOf(finding.judgement));
    const auto shown =
        has_colours ? fmt::format("{}{}{}", ColourOf(finding.judgement), word, kPlain) : word;
    text += fmt::format("{:<{}}  {} {}\n", finding.check, width, shown, finding.evidence);
    if (!finding.remedy.empty()) {
      text += fmt::format("{:<{}}  {:<8} -> {}\n", "", width, "", finding.remedy);
    }
  }
  text += fmt::format("\n{} checks: {} ok, {} with a warning, {} failed\n", findings.size(),
                      CountOf(findings, Judgement::kOk), CountOf(findings, Judgement::kWarning),
                      CountOf(findings, Judgement::kFailure));
  return text;
}

std::string JsonOf(const std::vector<Finding>& findings) {
  boost::json::array list;
  for (const auto& finding : findings) {
    list.push_back({{"check", finding.check},
                    {"verdict", NameOf(finding.judgement)},
                    {"evidence", finding.evidence},
                    {"remedy", finding.remedy}});
  }
  const boost::json::object page{{"verdict", NameOf(WorstOf(findings))},
                                 {"findings", std::move(list)}};
  return boost::json::serialize(page) + "\n";
}

}  // namespace outpost::doctor
