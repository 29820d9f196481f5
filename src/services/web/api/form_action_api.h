#pragma once

#include "domain/form_actions/worker.h"
#include "http/router.h"
#include "services/web/api/api_access.h"
#include "store/sql/writer.h"

/// Something done to many forms in the background (web document 2.16).
namespace outpost::web {

/// Largest body: 5,000 ids of 255 characters.
inline constexpr std::int64_t kFormActionBodyBytesMax = 2LL << 20;

struct FormActionContext {
  ApiContext& api;
  sql::Writer& writer;
  form_actions::Worker& worker;
};

/// The context must outlive the router.
void AddFormActionRoutes(http::Router& router, FormActionContext& context);

}  // namespace outpost::web
