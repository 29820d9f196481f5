#include <set>

#include "engine/suite/detail/checks.h"

namespace outpost::suite {
namespace {

void CheckOrders(const Detail& detail, Findings& findings) {
  std::set<int> orders;
  for (const Field& field : detail.fields) {
    if (!field.sort || !field.sort->order || *field.sort->order < 1) continue;
    if (orders.insert(*field.sort->order).second) continue;
    findings.Warning(field.place, "two columns have the sort order " +
                                      std::to_string(*field.sort->order) +
                                      ": the first of them counts more");
  }
}

void Check(const Detail& detail, Findings& findings) {
  if (!detail.fields.empty() && !detail.tabs.empty()) {
    findings.Error(detail.place, "a detail has tabs or fields, not both");
  }
  CheckOrders(detail, findings);
  for (const Detail& tab : detail.tabs) Check(tab, findings);
}

}  // namespace

void CheckDetails(const App& app, Findings& findings) {
  for (const Suite& suite : app.suites) {
    for (const Detail& detail : suite.details) Check(detail, findings);
  }
}

}  // namespace outpost::suite
