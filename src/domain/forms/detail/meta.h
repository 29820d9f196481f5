#pragma once

#include <optional>
#include <string_view>

#include "domain/forms/form_xml.h"
#include "format/xml/xml.h"

/// The meta block of a form, old and new style (submission document 8.4).
namespace outpost::forms {

/// The root's meta block: "Meta" where there is one, else "meta"; of several the first that is an
/// object, else the first.
std::optional<xml::Element> FindMeta(const xml::Element& root);

/// The name under which a child of meta is shown today.
std::string_view NewMetaName(std::string_view name);

}  // namespace outpost::forms
