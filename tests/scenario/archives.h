#pragma once

#include <filesystem>
#include <string>
#include <string_view>

/// Archives of apps that scenarios send.
namespace outpost::tests {

/// `what`:
///   FOLDER           the files of a fixture folder, with {{blanks}} filled in
///   FOLDER!bomb      and a file of 200 MB of zeros
///   FOLDER!slip      and a file named ../../evil
///   FOLDER!twice     and profile.ccpr once more
///   FOLDER!link      and a symbolic link
///   FOLDER!many      and 100,000 files more
///   FOLDER!cut       without its last 40 bytes
///   FOLDER!crc       with one byte of a stored file changed
///   FOLDER!entities  with entity references in its suite that grow without end
/// @throws ScenarioError when there is no such folder or trick
std::string MakeArchive(const std::filesystem::path& fixtures, std::string_view what,
                        std::string_view fill);

/// Replaces {{key}} of "key:value,key:value".
void FillBlanks(std::string& text, std::string_view fill);

}  // namespace outpost::tests
