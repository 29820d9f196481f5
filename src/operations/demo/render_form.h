#pragma once

#include <array>
#include <string>
#include <string_view>

#include "operations/demo/world.h"

/// The XML that the worker's phone would have sent.
namespace outpost::demo {

/// Application that the forms are from: share/demo_app, version 12. It may be imported later or
/// never, ids of unknown apps are kept.
inline constexpr std::string_view kAppId = "d3a0b1c2e4f5460798a9bacbdcedfe0f";

/// What a server gives its workers.
struct WorkerIds {
  std::array<std::string, kWorkers> user_ids;
};

/// Pure: the same plan, form and ids give the same bytes.
std::string RenderForm(const World& world, const PlannedForm& form, const WorkerIds& ids);

/// Namespace of the forms of a kind, as exports and reports name them.
std::string_view XmlnsOf(FormKind kind);

}  // namespace outpost::demo
