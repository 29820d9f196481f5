#include "domain/device_logs/trimmer.h"

#include "domain/device_logs/report_store.h"
#include "domain/projects/projects.h"

namespace outpost::device_logs {

std::int64_t TrimAll(sql::Database& database, sql::Writer& writer, const blobs::BlobStore& blobs,
                     Instant now, std::int64_t keep_days, const std::function<bool()>& go_on) {
  const Instant before = now + -keep_days * kMicrosPerDay;
  std::int64_t deleted = 0;
  for (const auto& project : projects::List(*database.Read())) {
    for (std::int64_t slice = 1; slice > 0 && go_on(); deleted += slice) {
      writer.RunBulk(project.row, [&](sql::Batch& batch) {
        slice = TrimSlice(batch, blobs, project.row, before);
      });
    }
  }
  return deleted;
}

}  // namespace outpost::device_logs
