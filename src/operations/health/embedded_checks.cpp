#include "operations/health/embedded_checks.h"

#include <string>

#include "base/ids.h"
#include "operations/health/probe.h"
#include "store/changelog/changelog.h"

namespace outpost::health {
namespace {

CheckResult WriteAndReadBack(sql::Database& database, sql::Writer& writer) {
  const std::string token = NewHexId();
  writer.Run(0, [&](sql::Batch& batch) {
    batch.connection().Execute(
        "INSERT INTO meta (name, value) VALUES ('serverup', $1) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        {token});
  });
  const auto reader = database.Read();
  const auto rows = reader->Query("SELECT value FROM meta WHERE name = 'serverup'");
  if (rows->Next() && rows->Text(0) == token) return {true, "Successfully wrote a row and read it"};
  return {false, "A row that was written did not come back"};
}

CheckResult ReadAnything(sql::Database& database) {
  const auto reader = database.Read();
  const auto rows = reader->Query("SELECT value FROM meta WHERE name = 'hash_key'");
  if (rows->Next()) return {true, "Successfully read a document"};
  return {false, "The store does not know itself any more"};
}

CheckResult ReadChangeLog(sql::Database& database, const sql::Writer& writer) {
  const auto reader = database.Read();
  changelog::ReadAfter(*reader, writer.committed_seq() - 1, 1);
  return {true, "Kafka seems to be in order"};
}

CheckResult StoreAFile(const DataPaths& paths) {
  const auto probe = ProbeWrites(paths.blobs(), 1);
  if (probe.error.empty()) return {true, "Successfully saved a file to the blobdb"};
  return {false, "Could not save a file to the blobdb: " + probe.error};
}

Check NotInUse(std::string name) {
  return {std::move(name), [] { return CheckResult{true, "Not configured, but not needed"}; }};
}

}  // namespace

std::vector<Check> EmbeddedChecks(sql::Database& database, sql::Writer& writer,
                                  const DataPaths& paths) {
  std::vector<Check> checks;
  checks.push_back({"kafka", [&] { return ReadChangeLog(database, writer); }});
  checks.push_back({"postgres", [&] { return WriteAndReadBack(database, writer); }});
  checks.push_back({"couch", [&] { return ReadAnything(database); }});
  checks.push_back({"blobdb", [paths] { return StoreAFile(paths); }});
  for (const auto* name : {"redis", "elasticsearch", "formplayer", "rabbitmq", "celery"}) {
    checks.push_back(NotInUse(name));
  }
  return checks;
}

}  // namespace outpost::health
