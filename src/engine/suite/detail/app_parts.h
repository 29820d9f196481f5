#pragma once

#include <string>
#include <string_view>

#include "engine/suite/app.h"

/// Files of an app beside profile, suites and strings. Private to this room.
namespace outpost::suite {

/// What the app needs to know of a form. @throws Problem kMalformed with position: no XML, or no
/// model, instance or xmlns.
FormFile ReadForm(std::string_view xml, const std::string& path);

/// The name of the practice user. @throws Problem kMalformed: no XML, or not of a user whose
/// user_type is demo.
std::string ReadPracticeUser(std::string_view xml, const std::string& path);

}  // namespace outpost::suite
