#include "store/sql/testing/fault_vfs.h"

#include <sqlite3.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>

#include "base/problem.h"
#include "store/sql/testing/shadow_file.h"

namespace outpost::sql_testing {
namespace {

/// The plan and what became of it. The VFS is process-wide by SQLite's design, and so is this.
struct Fate {
  std::mutex mutex;
  FaultPlan plan;
  std::array<std::uint64_t, kFileCallKinds> calls{};
  std::uint64_t hit = 0;
  std::int64_t grown_bytes = 0;
  std::atomic<int> system_error{0};

  int ErrorOf(FileCall call, int io_error) {
    const std::lock_guard lock(mutex);
    const auto count = ++calls[static_cast<std::size_t>(call)];
    for (const auto& fault : plan.faults) {
      if (fault.call != call || (fault.is_lasting ? count < fault.at : count != fault.at)) continue;
      ++hit;
      system_error = fault.is_full ? ENOSPC : EIO;
      return fault.is_full && call != FileCall::kSync ? SQLITE_FULL : io_error;
    }
    return SQLITE_OK;
  }

  bool MayGrow(std::int64_t bytes) {
    const std::lock_guard lock(mutex);
    if (bytes <= 0) return true;
    if (plan.growth_bytes_max && grown_bytes + bytes > *plan.growth_bytes_max) {
      ++hit;
      system_error = ENOSPC;
      return false;
    }
    grown_bytes += bytes;
    return true;
  }
};

Fate& TheFate() {
  static Fate fate;
  return fate;
}

sqlite3_vfs* RealVfs() {
  static sqlite3_vfs* const real = sqlite3_vfs_find("unix");
  return real;
}

/// SQLite gives the memory; the real file's own structure follows this one.
struct FaultFile {
  sqlite3_file base;
  std::shared_ptr<ShadowFile> shadow;  // when unsynced writes are to be lost
  sqlite3_file* real;
};

FaultFile& Own(sqlite3_file* file) { return *reinterpret_cast<FaultFile*>(file); }
sqlite3_file* Real(sqlite3_file* file) { return Own(file).real; }

int Close(sqlite3_file* file) {
  const int code = Real(file)->pMethods->xClose(Real(file));
  Own(file).~FaultFile();
  return code;
}

int Read(sqlite3_file* file, void* out, int length, sqlite3_int64 offset) {
  if (const int error = TheFate().ErrorOf(FileCall::kRead, SQLITE_IOERR_READ)) return error;
  const auto& shadow = Own(file).shadow;
  if (shadow == nullptr) return Real(file)->pMethods->xRead(Real(file), out, length, offset);
  auto* bytes = static_cast<char*>(out);
  const auto wanted = static_cast<std::size_t>(length);
  const auto got = shadow->Read({bytes, wanted}, offset);
  if (got == wanted) return SQLITE_OK;
  std::memset(bytes + got, 0, wanted - got);
  return SQLITE_IOERR_SHORT_READ;
}

int FileSize(sqlite3_file* file, sqlite3_int64* length) {
  if (Own(file).shadow == nullptr) return Real(file)->pMethods->xFileSize(Real(file), length);
  *length = Own(file).shadow->Length();
  return SQLITE_OK;
}

int Write(sqlite3_file* file, const void* bytes, int length, sqlite3_int64 offset) {
  if (const int error = TheFate().ErrorOf(FileCall::kWrite, SQLITE_IOERR_WRITE)) return error;
  sqlite3_int64 before = 0;
  FileSize(file, &before);
  if (!TheFate().MayGrow(offset + length - before)) return SQLITE_FULL;
  const auto& shadow = Own(file).shadow;
  if (shadow == nullptr) return Real(file)->pMethods->xWrite(Real(file), bytes, length, offset);
  shadow->Write({static_cast<const char*>(bytes), static_cast<std::size_t>(length)}, offset);
  return SQLITE_OK;
}

int Truncate(sqlite3_file* file, sqlite3_int64 length) {
  if (const int error = TheFate().ErrorOf(FileCall::kTruncate, SQLITE_IOERR_TRUNCATE)) {
    return error;
  }
  if (Own(file).shadow == nullptr) return Real(file)->pMethods->xTruncate(Real(file), length);
  Own(file).shadow->Truncate(length);
  return SQLITE_OK;
}

int Sync(sqlite3_file* file, int flags) {
  if (const int error = TheFate().ErrorOf(FileCall::kSync, SQLITE_IOERR_FSYNC)) return error;
  if (Own(file).shadow == nullptr) return Real(file)->pMethods->xSync(Real(file), flags);
  Own(file).shadow->Sync();
  return SQLITE_OK;
}

int FileControl(sqlite3_file* file, int what, void* argument) {
  if (what == SQLITE_FCNTL_SIZE_HINT && Own(file).shadow != nullptr) return SQLITE_OK;
  return Real(file)->pMethods->xFileControl(Real(file), what, argument);
}

int GetLastError(sqlite3_vfs* /*vfs*/, int size, char* text) {
  const int planned = TheFate().system_error.exchange(0);
  return planned != 0 ? planned : RealVfs()->xGetLastError(RealVfs(), size, text);
}

// What only passes through.
int Lock(sqlite3_file* file, int level) { return Real(file)->pMethods->xLock(Real(file), level); }
int Unlock(sqlite3_file* file, int level) {
  return Real(file)->pMethods->xUnlock(Real(file), level);
}
int CheckReservedLock(sqlite3_file* file, int* is_held) {
  return Real(file)->pMethods->xCheckReservedLock(Real(file), is_held);
}
int SectorSize(sqlite3_file* file) { return Real(file)->pMethods->xSectorSize(Real(file)); }
int DeviceCharacteristics(sqlite3_file* file) {
  return Real(file)->pMethods->xDeviceCharacteristics(Real(file));
}
int ShmMap(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
  return Real(file)->pMethods->xShmMap(Real(file), page, size, extend, memory);
}
int ShmLock(sqlite3_file* file, int offset, int count, int flags) {
  return Real(file)->pMethods->xShmLock(Real(file), offset, count, flags);
}
void ShmBarrier(sqlite3_file* file) { Real(file)->pMethods->xShmBarrier(Real(file)); }
int ShmUnmap(sqlite3_file* file, int is_delete) {
  return Real(file)->pMethods->xShmUnmap(Real(file), is_delete);
}

constexpr int kMethodsVersion = 2;  // without memory mapping of the database file
const sqlite3_io_methods kMethods = {kMethodsVersion,
                                     Close,
                                     Read,
                                     Write,
                                     Truncate,
                                     Sync,
                                     FileSize,
                                     Lock,
                                     Unlock,
                                     CheckReservedLock,
                                     FileControl,
                                     SectorSize,
                                     DeviceCharacteristics,
                                     ShmMap,
                                     ShmLock,
                                     ShmBarrier,
                                     ShmUnmap,
                                     nullptr,
                                     nullptr};

int Open(sqlite3_vfs* /*vfs*/, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  file->pMethods = nullptr;
  if (const int error = TheFate().ErrorOf(FileCall::kOpen, SQLITE_CANTOPEN)) return error;
  auto* own = new (file) FaultFile();
  own->real = reinterpret_cast<sqlite3_file*>(own + 1);
  const int code = RealVfs()->xOpen(RealVfs(), name, own->real, flags, out_flags);
  if (code != SQLITE_OK) {
    own->~FaultFile();
    return code;
  }
  const bool is_kept = (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) != 0;
  if (is_kept && TheFate().plan.drops_unsynced) {
    own->shadow = ShadowFile::Of(name, TheFate().plan.seed);
  }
  own->base.pMethods = &kMethods;
  return SQLITE_OK;
}

int Delete(sqlite3_vfs* /*vfs*/, const char* name, int sync_folder) {
  ShadowFile::Forget(name);
  return RealVfs()->xDelete(RealVfs(), name, sync_folder);
}

}  // namespace

void RegisterFaultVfs(const FaultPlan& plan) {
  SetFaultPlan(plan);
  static sqlite3_vfs vfs = [] {
    OUTPOST_CHECK(RealVfs() != nullptr);
    sqlite3_vfs made = *RealVfs();  // what is not replaced works on names and needs no file
    made.szOsFile = static_cast<int>(sizeof(FaultFile)) + RealVfs()->szOsFile;
    made.zName = kFaultVfsName;
    made.pNext = nullptr;
    made.xOpen = Open;
    made.xDelete = Delete;
    made.xGetLastError = GetLastError;
    return made;
  }();
  OUTPOST_CHECK(sqlite3_vfs_register(&vfs, /*makeDflt=*/0) == SQLITE_OK);
}

void RegisterFaultVfsFromEnvironment() {
  const char* text = std::getenv("OUTPOST_FAULT");
  RegisterFaultVfs(ParseFaultPlan(text == nullptr ? "" : text));
}

void SetFaultPlan(const FaultPlan& plan) {
  auto& fate = TheFate();
  const std::lock_guard lock(fate.mutex);
  fate.plan = plan;
  fate.calls = {};
  fate.hit = 0;
  fate.grown_bytes = 0;
}

std::uint64_t CallsOf(FileCall call) {
  auto& fate = TheFate();
  const std::lock_guard lock(fate.mutex);
  return fate.calls[static_cast<std::size_t>(call)];
}

std::uint64_t FaultsHit() {
  auto& fate = TheFate();
  const std::lock_guard lock(fate.mutex);
  return fate.hit;
}

}  // namespace outpost::sql_testing
