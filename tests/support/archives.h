#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

/// Archives of apps that tests send.
namespace outpost::tests {

/// Files by their path.
using Files = std::map<std::string, std::string>;
/// @param fill as for FillBlanks
/// @throws std::runtime_error when there is no such folder
Files ReadFolder(const std::filesystem::path& folder, std::string_view fill);
std::string PackArchive(const Files& files);

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
/// @throws std::runtime_error when there is no such folder
std::string MakeArchive(const std::filesystem::path& fixtures, std::string_view what,
                        std::string_view fill);

/// Replaces {{key}} of "key:value,key:value".
void FillBlanks(std::string& text, std::string_view fill);

}  // namespace outpost::tests
