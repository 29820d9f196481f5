#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

/// What scenarios send: fixtures with blanks to fill in, and generated bodies that would be too
/// large, or too hostile, for a file.
namespace outpost::tests {

/// `source` is the name of a fixture file, or a generator with a size:
///   generate:form(N)        a correct form of exactly N bytes
///   generate:deep(N)        N nested elements
///   generate:attribute(N)   a form with one attribute of N bytes
///   generate:elements(N)    a form with N questions
///   generate:cases(N)       a form that creates N cases
///   generate:indices(N)     a form that gives one case N indices
///   generate:case-ids(N)    JSON that asks the case API for N cases, which are not there
///   generate:report(N)      a device report with one log entry of N letters
///   generate:filler(N)      N times the letter x
///   generate:zeros(N)       N zero bytes
///   generate:entities       ten levels of entities, ten times each
///   zip:FOLDER[!TRICK]      an archive of a folder of fixtures (archives.h)
/// `fill` is "key:value,key:value": replaces {{key}} in a fixture and the generator's id.
/// N may end in kB or MB (1024, 1024 * 1024).
/// @throws ScenarioError when there is no such fixture or generator
std::string MakeBody(const std::filesystem::path& fixtures, std::string_view source,
                     std::string_view fill);

/// "15", "15kB", "15MB". @throws ScenarioError
std::int64_t ParseSize(std::string_view text);

}  // namespace outpost::tests
