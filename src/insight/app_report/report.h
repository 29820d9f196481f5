#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/suite/app.h"

/// An app told to people and programs: menus, what each entry needs, details, languages, resources
/// and findings. Pure. Texts are shown in the default language, expressions as {…}.
namespace outpost::app_report {

std::string RenderText(const suite::App& app, const std::vector<suite::Finding>& findings);

/// One object with the members id, name, version, menus, entries, endpoints, details, languages,
/// resources and findings.
std::string RenderJson(const suite::App& app, const std::vector<suite::Finding>& findings);

/// "error suite.xml:12 <menu>: …"
std::string RenderFinding(const suite::Finding& finding);

}  // namespace outpost::app_report
