#include "operations/pg_backup/base.h"

#include <set>
#include <string_view>

#include "base/problem.h"
#include "base/text.h"
#include "operations/pg_backup/detail/child.h"
#include "operations/pg_backup/layout.h"

namespace outpost::pg_backup {
namespace {

constexpr std::size_t kReadBytes = std::size_t{1} << 20;

[[noreturn]] void ThrowStopped() {
  throw Problem(ProblemKind::kPaused, "The base was not finished: the server stops.");
}

}  // namespace

BaseStream StreamBase(const Reach& reach, const ServerFacts& facts,
                      backup::Destination& destination, const backup::BackupKey& key,
                      const backup::DatabaseId& database, const backup::SeriesId& base,
                      const std::function<bool(std::int64_t bytes)>& goes_on) {
  detail::ChildPlan plan;
  plan.program = FindProgram("pg_basebackup", facts.major());
  plan.arguments = {"--dbname=" + reach.parameters,
                    "--no-password",
                    "--pgdata=-",
                    "--format=tar",
                    "--wal-method=none",
                    "--checkpoint=fast",
                    "--label=outpost"};
  plan.environment = reach.environment;
  detail::Child child(plan);
  BaseStream stream;
  backup::ParcelHead head;
  head.kind = backup::ParcelKind::kPgBasePart;
  head.database = database;
  head.series = base;
  std::string part;
  const auto put = [&] {
    head.number = stream.parts;
    head.first_seq = stream.bytes - std::ssize(part);
    head.last_seq = stream.bytes;
    head.previous = stream.last_check;
    const auto parcel = backup::SealParcel(key, head, part);
    destination.Put(BasePartName(base, stream.parts), parcel.bytes);
    stream.last_check = parcel.check;
    ++stream.parts;
    part.clear();
  };
  std::string piece(kReadBytes, '\0');
  for (;;) {
    const auto got = child.Read(piece.data(), std::min(piece.size(), kPartBytes - part.size()));
    if (!goes_on(stream.bytes)) ThrowStopped();
    if (got == 0) break;
    if (got < 0) continue;
    part.append(piece, 0, static_cast<std::size_t>(got));
    stream.bytes += got;
    if (part.size() == kPartBytes) put();
  }
  if (!child.Wait() || stream.bytes == 0) {
    throw Problem(ProblemKind::kInternal,
                  "The base was not finished: " + std::string(Trim(child.words())));
  }
  if (!part.empty()) put();
  return stream;
}

void RemoveUnfinishedBases(backup::Destination& destination) {
  std::set<std::string, std::less<>> whole;
  const auto objects = destination.List("pg-base");
  for (const auto& object : objects) {
    if (const auto base = ParseBaseName(object.name)) whole.insert(HexOf(*base));
  }
  for (const auto& object : objects) {
    if (!whole.contains(Split(object.name, '/')[1])) destination.Remove(object.name);
  }
  for (const auto& object : destination.List("settings")) {
    if (!whole.contains(Split(object.name, '/')[1])) destination.Remove(object.name);
  }
}

}  // namespace outpost::pg_backup
