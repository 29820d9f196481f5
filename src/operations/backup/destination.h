#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/pacer.h"

/// Where backups lie: named objects of at most some tens of megabytes, written once. A name looks
/// like a path ("log/5f…/0000000000000012-…").
namespace outpost::backup {

struct StoredObject {
  std::string name;
  std::int64_t bytes = 0;
};

/// Threads: any.
class Destination {
 public:
  virtual ~Destination() = default;

  /// Whole and durable when it returns; never seen half. The same name is replaced.
  /// @throws Problem kStorageFull when there is no room, kBusy when it cannot be reached,
  ///         kForbidden when it does not let us in, kInternal
  virtual void Put(std::string_view name, std::string_view bytes) = 0;
  /// @throws Problem kNotFound
  virtual std::string Get(std::string_view name) const = 0;
  virtual bool Has(std::string_view name) const = 0;
  /// Everything whose name begins with the folder `under` ("" for all), by name.
  virtual std::vector<StoredObject> List(std::string_view under) const = 0;
  /// Nothing happens when it is absent.
  virtual void Remove(std::string_view name) = 0;
  /// As people write it.
  virtual const std::string& where() const = 0;
  /// What is under way and all that follows ends soon with kPaused: for a server that stops.
  virtual void Interrupt() = 0;
};

enum class Opening : std::uint8_t {
  kMake,   // made when it is absent
  kWrite,  // a backup was there before: when it is not, the disk is not mounted
  kRead,
};

/// `where` is an address of place.h: a folder, also of a mounted disk ("/mnt/backup"), a bucket
/// ("s3://…"), a folder behind SSH ("ssh://…"). A backup is known by a file that says what it is.
/// `pacer`, which may be null, limits bytes a second of all that is put and got.
/// @throws Problem kBadRequest for what is no address, kNotFound, kBusy, kForbidden
std::unique_ptr<Destination> OpenDestination(const std::string& where, Opening opening,
                                             std::shared_ptr<Pacer> pacer = nullptr);

/// As Destination::where() will say it.
std::string NormalPlace(const std::string& where);

}  // namespace outpost::backup
