#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/suite/resource.h"
#include "operations/phones/phone_store.h"

/// What a phone looks at in each file of an app before it takes it (app delivery document 6.4, 7,
/// 13). Pure.
namespace outpost::phones {

/// A text that says nothing about a file is well: empty.
using Fault = std::string;

/// @param version receives the suite's own resources, in document order
Fault CheckSuite(std::string_view xml, const std::string& id,
                 std::vector<suite::Resource>& resources);
/// @param xmlns receives that of the form's instance
Fault CheckForm(std::string_view xml, std::string& xmlns);
/// @param store receives what the practice user has
Fault CheckPracticeRestore(std::string_view xml, PhoneStore& store);

/// Every key of any language must be among those of "default".
/// @param files language and content
Fault CheckStrings(const std::vector<std::pair<std::string, std::string>>& files);

}  // namespace outpost::phones
