#include "domain/apps/detail/store_build.h"

#include <algorithm>
#include <array>

#include "base/ids.h"
#include "base/problem.h"
#include "domain/apps/detail/build_row.h"

namespace outpost::apps::detail {
namespace {

/// Files in one job of the writer.
constexpr std::size_t kFilesAtOnce = 50;

enum class State : std::int64_t { kWhole = 0, kFilling = 1 };

void CheckVersion(sql::Connection& connection, const NewBuild& made) {
  const auto newest = NewestBuild(connection, made.app, false);
  if (!newest || newest->version < made.build.version) return;
  throw Problem(ProblemKind::kConflict,
                "Version " + std::to_string(newest->version) +
                    " of this app came in meanwhile. Import again to get a later one.");
}

std::string NewShortCode(sql::Connection& connection) {
  for (;;) {
    std::array<std::uint8_t, kShortCodeCharacters> random;
    FillRandom(random);
    std::string code;
    for (const auto byte : random) code += kShortCodeAlphabet[byte % kShortCodeAlphabet.size()];
    const auto taken =
        connection.Query("SELECT 1 FROM apps WHERE short_code = $1", {std::string_view(code)});
    if (!taken->Next()) return code;
  }
}

void CreateApp(sql::Batch& batch, App& app) {
  if (const auto known = FindApp(batch.connection(), app.project, app.app_id)) {
    app.row = known->row;
    return;
  }
  app.short_code = NewShortCode(batch.connection());
  const auto stamp = batch.Next();
  app.row = stamp.seq;
  app.created_on = stamp.at;
  batch.connection().Execute(
      "INSERT INTO apps (id, project, app_id, short_code, name, settings, created_on, is_deleted) "
      "VALUES ($1, $2, $3, $4, $5, '{}', $6, 0)",
      {app.row, app.project, std::string_view(app.app_id), std::string_view(app.short_code),
       std::string_view(app.name), app.created_on.micros});
}

void BeginBuild(sql::Batch& batch, NewBuild& made) {
  CreateApp(batch, made.app);
  CheckVersion(batch.connection(), made);
  auto& build = made.build;
  const auto stamp = batch.Next();
  build.row = stamp.seq;
  build.app = made.app.row;
  build.built_on = stamp.at;
  const auto languages = JsonOf(build.languages);
  batch.connection().Execute(
      "INSERT INTO app_builds (id, app, project, build_id, version, name, comment, built_on, "
      "built_by, base_url, languages, content_hash, has_media, is_released, released_on, state) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, 0, $14)",
      {build.row, build.app, made.app.project, std::string_view(build.build_id), build.version,
       std::string_view(build.name), std::string_view(build.comment), build.built_on.micros,
       std::string_view(build.built_by), std::string_view(build.base_url),
       std::string_view(languages), std::string_view(build.content_hash),
       std::int64_t{build.has_media}, static_cast<std::int64_t>(State::kFilling)});
}

void Keep(sql::Batch& batch, const blobs::BlobStore& blobs, const Bytes& bytes) {
  if (!bytes.is_stored) blobs.Keep(batch, bytes.blob);
}

void InsertFile(sql::Batch& batch, const blobs::BlobStore& blobs, const Build& build,
                const NewFile& made) {
  Keep(batch, blobs, made.served);
  if (made.original) Keep(batch, blobs, *made.original);
  if (made.packed) Keep(batch, blobs, *made.packed);
  const auto& file = made.file;
  const auto id_of = [](const std::optional<Bytes>& bytes) {
    return bytes ? std::string_view(bytes->blob.id) : std::string_view();
  };
  batch.connection().Execute(
      "INSERT INTO app_files (build, path, kind, resource_id, version, content_type, length, blob, "
      "original, packed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      {build.row, std::string_view(file.path), static_cast<std::int64_t>(file.kind),
       std::string_view(file.resource_id), file.version, std::string_view(file.content_type),
       made.served.blob.length, std::string_view(made.served.blob.id), id_of(made.original),
       id_of(made.packed)});
  if (made.media_id.empty()) return;
  batch.connection().Execute(
      "INSERT INTO app_media (media_id, kind, content_type, length, blob) "
      "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (media_id, kind) DO NOTHING",
      {std::string_view(made.media_id), std::string_view(made.media_kind),
       std::string_view(file.content_type), made.served.blob.length,
       std::string_view(made.served.blob.id)});
}

void Finish(sql::Batch& batch, NewBuild& made) {
  CheckVersion(batch.connection(), made);
  auto& build = made.build;
  if (build.is_released) build.released_on = batch.Next().at;
  batch.connection().Execute(
      "UPDATE app_builds SET state = $1, is_released = $2, released_on = $3 WHERE id = $4",
      {static_cast<std::int64_t>(State::kWhole), std::int64_t{build.is_released},
       build.released_on.micros, build.row});
  batch.connection().Execute("UPDATE apps SET name = $1 WHERE id = $2",
                             {std::string_view(made.app.name), made.app.row});
}

}  // namespace

void StoreBuild(Stores& stores, NewBuild& made) {
  const auto project = made.app.project;
  stores.writer.Run(project, [&](sql::Batch& batch) { BeginBuild(batch, made); });
  for (std::size_t begin = 0; begin < made.files.size(); begin += kFilesAtOnce) {
    const auto end = std::min(begin + kFilesAtOnce, made.files.size());
    stores.writer.RunBulk(project, [&](sql::Batch& batch) {
      for (auto i = begin; i < end; ++i) InsertFile(batch, stores.blobs, made.build, made.files[i]);
    });
  }
  stores.writer.Run(project, [&](sql::Batch& batch) { Finish(batch, made); });
}

}  // namespace outpost::apps::detail

namespace outpost::apps {

std::int64_t RemoveAbandoned(sql::Batch& batch, Instant before, int limit) {
  std::vector<std::int64_t> rows_to_go;
  {
    const auto rows = batch.connection().Query(
        "SELECT id FROM app_builds WHERE state = 1 AND built_on < $1 LIMIT $2",
        {before.micros, std::int64_t{limit}});
    while (rows->Next()) rows_to_go.push_back(rows->Int(0));
  }
  for (const auto row : rows_to_go) {
    batch.connection().Execute("DELETE FROM app_files WHERE build = $1", {row});
    batch.connection().Execute("DELETE FROM app_builds WHERE id = $1", {row});
  }
  return static_cast<std::int64_t>(rows_to_go.size());
}

}  // namespace outpost::apps
