#pragma once

#include <memory>
#include <string>

#include "base/pacer.h"
#include "operations/backup/destination.h"
#include "operations/backup/parcel.h"
#include "operations/backup/place.h"

/// The kinds of places behind OpenDestination.
namespace outpost::backup::detail {

/// Not a parcel: tells a backup from the bare folder on which its disk should be mounted, and from
/// a bucket that somebody emptied.
inline constexpr const char* kMarkerName = "OUTPOST-BACKUP.txt";
inline constexpr std::string_view kMarkerText =
    "This folder holds the backup of an Outpost server. Its files are sealed: keep the key "
    "elsewhere."
    "\nRestore: outpost restore --from THIS --key backup.key --data NEW-FOLDER\n";

/// A parcel is sealed and packed: what does not pack becomes a little larger. More is none of ours.
inline constexpr std::size_t kSealedBytesMax =
    static_cast<std::size_t>(kPlainBytesMax) + (std::size_t{1} << 20);

/// A name that a place may be asked for: relative, without "..", not the marker.
bool IsObjectName(std::string_view name);

/// @throws Problem kNotFound: a backup was there, and is not
[[noreturn]] void ThrowAway(const std::string& where);

std::unique_ptr<Destination> OpenFolder(const FolderPlace& place, Opening opening,
                                        std::shared_ptr<Pacer> pacer);
/// Asks the store nothing yet, so that a server can start while it is away: a backup is made, or
/// looked for, when it is first needed.
std::unique_ptr<Destination> OpenS3(const S3Place& place, Opening opening,
                                    std::shared_ptr<Pacer> pacer);
/// Likewise.
std::unique_ptr<Destination> OpenSsh(const SshPlace& place, Opening opening,
                                     std::shared_ptr<Pacer> pacer);

}  // namespace outpost::backup::detail
