#pragma once

#include <string>
#include <vector>

#include "engine/suite/app.h"

/// The parts of CheckApp, one for each kind of rule of section 23. Private to this room.
namespace outpost::suite {

class Findings {
 public:
  void Error(const Place& place, std::string text) {
    list.push_back({Finding::Severity::kError, place, std::move(text)});
  }
  void Warning(const Place& place, std::string text) {
    list.push_back({Finding::Severity::kWarning, place, std::move(text)});
  }
  std::vector<Finding> list;
};

void CheckReferences(const App& app, Findings& findings);  // commands, details, endpoints, forms
void CheckInstances(const App& app, Findings& findings);   // expressions name declared instances
void CheckTexts(const App& app, Findings& findings);       // strings exist, texts are not too long
void CheckDetails(const App& app, Findings& findings);     // fields or tabs, orders of sorting

}  // namespace outpost::suite
