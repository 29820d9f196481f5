#pragma once

#include <filesystem>

/// The folder that holds everything a server keeps (docs/files.md). One process owns it at a time.
namespace outpost {

struct DataPaths {
  std::filesystem::path root;

  std::filesystem::path database() const { return root / "outpost.db"; }
  std::filesystem::path query_database() const { return root / "query.db"; }
  std::filesystem::path blobs() const { return root / "blobs"; }
  std::filesystem::path spool() const { return root / "spool"; }
  std::filesystem::path lock() const { return root / "outpost.lock"; }
  std::filesystem::path server_key() const { return root / "server.key"; }
  std::filesystem::path admin_socket() const { return root / "admin.sock"; }
};

/// Ownership of a data folder, by a lock on its lock file; released when destroyed.
class DataFolder {
 public:
  /// Creates the folder when absent.
  /// @throws Problem kConflict when another process owns it, kInternal when it cannot be used.
  explicit DataFolder(const std::filesystem::path& root);
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;
  ~DataFolder();

  const DataPaths& paths() const { return paths_; }

 private:
  DataPaths paths_;
  int lock_ = -1;
};

}  // namespace outpost
