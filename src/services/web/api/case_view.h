#pragma once

#include <string>

#include "domain/cases/case.h"
#include "services/web/api/form_view.h"

/// A case as API clients of version 1 see it (web document 2.2).
namespace outpost::web {

struct CaseViewOptions {
  bool with_xforms = false;           // xforms__full: a list
  bool with_xforms_by_name = false;   // lists by the form's name
  bool with_xforms_by_xmlns = false;  // lists by namespace
  bool with_children = false;         // cases by case id
  bool with_parents = false;          // cases by identifier of the index
  const Reach* reach = nullptr;       // of all these, what the caller sees; null: all
};

std::string RenderCase(const DocumentStores& stores, const projects::Project& project,
                       const cases::Case& c, const CaseViewOptions& options);

}  // namespace outpost::web
