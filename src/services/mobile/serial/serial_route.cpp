#include "services/mobile/serial/serial_route.h"

#include <optional>
#include <string>
#include <utility>

namespace outpost::mobile {
namespace {

using http::Request;
using http::Response;

std::int64_t NumberFor(sql::Batch& batch, std::int64_t project, std::string_view pool,
                       std::string_view session) {
  auto& connection = batch.connection();
  if (!session.empty()) {
    const auto known = connection.Query(
        "SELECT number FROM serial_ids WHERE project = $1 AND pool = $2 AND session = $3",
        {project, pool, session});
    if (known->Next()) return known->Int(0);
  }
  std::int64_t number = 0;
  {
    const auto next = connection.Query(
        "SELECT next FROM serial_pools WHERE project = $1 AND pool = $2", {project, pool});
    if (next->Next()) number = next->Int(0);
  }
  connection.Execute(
      "INSERT INTO serial_pools (project, pool, next) VALUES ($1, $2, $3) "
      "ON CONFLICT (project, pool) DO UPDATE SET next = $3",
      {project, pool, number + 1});
  if (!session.empty()) {
    connection.Execute(
        "INSERT INTO serial_ids (project, pool, session, number) VALUES ($1, $2, $3, $4)",
        {project, pool, session, number});
  }
  return number;
}

Response Next(SerialContext& context, const Request& request, const PhoneCaller& caller) {
  const auto pool = request.QueryValue("pool_id").value_or("");
  const auto session = request.QueryValue("session_id").value_or("");
  if (pool.empty()) return Response::Text(400, "You must provide a pool_id parameter");
  if (pool.size() > kPoolIdBytesMax || session.size() > kPoolIdBytesMax) {
    return Response::Text(400, "pool_id and session_id may have at most 255 bytes");
  }
  std::int64_t number = 0;
  context.writer.Run(caller.project->row, [&](sql::Batch& batch) {
    number = NumberFor(batch, caller.project->row, pool, session);
  });
  return Response::Text(200, std::to_string(number));
}

}  // namespace

void AddSerialRoutes(http::Router& router, SerialContext& context) {
  router.AddAsync(
      http::Method::kGet, "/a/{domain}/phone/get_next_id", {"get-next-id", http::Group::kMobile, 0},
      [&context](Request& request, http::Responder responder) {
        AdmitPhone(context.phone, request, std::move(responder), {},
                   [&context, &request](const PhoneCaller& caller,
                                        const std::shared_ptr<http::Responder>& waiting) {
                     auto response = Next(context, request, caller);
                     waiting->Send(std::move(response));
                   });
      });
}

}  // namespace outpost::mobile
