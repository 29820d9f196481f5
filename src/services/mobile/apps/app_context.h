#pragma once

#include <string>

#include "base/clock.h"
#include "crypto/sealing.h"
#include "domain/apps/ccz.h"
#include "domain/apps/variants.h"
#include "domain/locations/tree_cache.h"
#include "domain/projects/projects.h"
#include "services/mobile/apps/shelf.h"
#include "services/mobile/apps/thumbnails.h"
#include "services/mobile/phone/phone_access.h"
#include "store/blobs/blobs.h"
#include "store/sql/writer.h"

/// What the endpoints around apps have in common.
namespace outpost::mobile {

struct AppContext {
  PhoneContext& phone;
  sql::Writer& writer;
  const blobs::BlobStore& blobs;
  apps::Archives& archives;
  apps::Variants& variants;
  locations::TreeCache& trees;
  const crypto::ServerKey& key;
  const Clock& clock;
  Shelf& shelf;
  Thumbnails& thumbnails;
};

/// The project of the address. @throws Problem kNotFound
std::shared_ptr<const projects::Project> ProjectOf(AppContext& context,
                                                   const http::Request& request);

}  // namespace outpost::mobile
