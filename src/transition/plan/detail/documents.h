#pragma once

#include <string>

#include "transition/plan/document.h"
#include "transition/plan/plan.h"

namespace outpost::plan::detail {

Document ArchitectureDocument(const Plan& plan);
Document InventoryDocument(const Plan& plan);
Document SizingDocument(const Plan& plan);
Document NamesDocument(const Plan& plan);
Document InstallationDocument(const Plan& plan);
Document MonitoringDocument(const Plan& plan);
Document BackupDocument(const Plan& plan);
Document MaintenanceDocument(const Plan& plan);
Document LevelsDocument(const Plan& plan);
Document RecoveryDocument(const Plan& plan);
Document OnCallDocument(const Plan& plan);
Document MoveDocument(const Plan& plan);
Document ProposalDocument(const Plan& plan);

/// What a person wrote, or "to be filled in".
std::string OrOpen(const std::string& text);
/// "90 minutes", "2 hours", "3 days".
std::string Minutes(int minutes);
/// The names of the people with this duty, or "to be named".
std::string NamesWith(const Plan& plan, std::string_view duty);
/// The environment that people work in: the first one.
const Environment& Main(const Plan& plan);

}  // namespace outpost::plan::detail
