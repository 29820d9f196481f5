#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>

/// Addresses of backups, as people write them. All that is needed to reach a place is in its
/// address, except secrets: those are in the environment, in a file, or with ssh.
///
///   /mnt/backup
///   s3://bucket/prefix?endpoint=https://s3.example.org&region=eu-west-1&addresses=path
///       &credentials=/etc/outpost/s3.credentials&ca=/etc/outpost/ca.pem
///   ssh://user@host:2222/srv/backup?config=/etc/outpost/ssh_config     (/~/backup: below home)
namespace outpost::backup {

struct FolderPlace {
  std::filesystem::path folder;
};

struct S3Place {
  std::string bucket, prefix;  // the prefix without slashes at its ends; may be empty
  std::string endpoint;        // "https://s3.eu-west-1.amazonaws.com"
  std::string region = "us-east-1";
  bool is_path_style = true;
  std::filesystem::path credentials;  // empty: the environment
  std::filesystem::path authorities;  // empty: the machine's
};

struct SshPlace {
  std::string user, host;        // the user may be empty: ssh's configuration says
  std::uint16_t port = 0;        // 0: ssh's configuration says, else 22
  std::string folder;            // absolute, or relative to the home of the user
  std::filesystem::path config;  // of ssh; empty: the user's own
};

using Place = std::variant<FolderPlace, S3Place, SshPlace>;

/// @throws Problem kBadRequest that says how it should be written; never repeats what may be a
///         password
Place ParsePlace(const std::string& where);

/// The one way to write it; ParsePlace gives the same place.
std::string TextOf(const Place& place);
/// Without what only says how to get there: two addresses of one backup have the same.
std::string IdentityOf(const Place& place);

/// Reached over a network by this program, so probably not in the same building.
bool IsOffSite(const Place& place);

}  // namespace outpost::backup
