#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "store/sql/database.h"
#include "store/sql/writer.h"

/// Immutable byte strings, named by id, their place unknown to callers: small ones in the primary
/// database, larger ones as files under blobs/. The same bytes are stored once per server.
namespace outpost::blobs {

/// Up to this size a blob lives in the database.
inline constexpr std::size_t kInDatabaseBytesMax = 16 * 1024;

/// Bytes prepared outside the writer: hashed and, when large, already durable in a file of blobs/
/// that nothing refers to yet. Dropped unless Keep is called in a batch that commits; leftovers of
/// a crash are removed by RemoveUnreferenced.
struct Prepared {
  std::string id;  // "b-" + 64 hex digits of the SHA-256
  std::int64_t length = 0;
  std::string small_bytes;  // set when length <= kInDatabaseBytesMax
};

class BlobStore {
 public:
  /// `folder` is created when absent.
  explicit BlobStore(std::filesystem::path folder);

  /// From memory. Threads: any.
  Prepared Prepare(std::string_view bytes) const;
  /// From `length` bytes of an open file at `offset`; copied in pieces, never whole in memory.
  Prepared Prepare(int file_descriptor, std::int64_t offset, std::int64_t length) const;

  /// Makes the blob part of the transaction; storing the same bytes again does nothing.
  void Keep(sql::Batch& batch, const Prepared& blob) const;

  /// Takes the blob out of the stores; only when nothing refers to it any more. A large one's file
  /// is removed by RemoveUnreferenced.
  void Drop(sql::Batch& batch, std::string_view id) const;

  /// A readable blob: bytes in memory or a file to stream.
  struct Opened {
    std::int64_t length = 0;
    std::string bytes;  // when small
    int file = -1;      // when large: an open descriptor, owned by the caller
  };
  /// @throws Problem kNotFound
  Opened Open(sql::Connection& connection, std::string_view id) const;
  /// Whole content; for blobs known to be bounded.
  std::string Read(sql::Connection& connection, std::string_view id) const;

  /// Deletes files older than an hour that no row names. @returns how many.
  int RemoveUnreferenced(sql::Connection& connection) const;

 private:
  std::filesystem::path PathOf(std::string_view id) const;
  std::filesystem::path folder_;
};

}  // namespace outpost::blobs
