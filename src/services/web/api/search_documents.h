#pragma once

#include "insight/search/search_feeder.h"
#include "store/blobs/blobs.h"
#include "store/sql/database.h"

namespace outpost::web {

/// The documents that the lists' filters look into, for the token index. Both must outlive it.
/// Threads: one at a time.
search::ReadDocument SearchDocuments(sql::Database& database, const blobs::BlobStore& blobs);

}  // namespace outpost::web
