#include "operations/loadtest/detail/phone_requests.h"

#include "base/text.h"
#include "operations/phones/purge.h"
#include "operations/phones/restore_reader.h"
#include "operations/phones/state_hash.h"

namespace outpost::loadtest::detail {

void WriteRestoreRequest(const FormPlan& plan, std::size_t index, const RestoreQuery& query,
                         std::string& out) {
  const auto& user = plan.users[index];
  const auto device = std::string(kDevicePrefix) + std::to_string(index);
  out = "GET /a/" + plan.project + "/phone/restore/?version=2.0&device_id=" + device +
        "&user_id=" + user.user_id;
  if (!query.since.empty()) {
    out += "&since=" + query.since + "&state=ccsh%3A" + query.digest;
  }
  out += "&items=true HTTP/1.1\r\nHost: " + plan.host + "\r\nAuthorization: Basic " +
         Base64Of(user.username + ":" + plan.password) +
         "\r\nX-OpenRosa-Version: 3.0\r\nx-openrosa-deviceid: " + device +
         "\r\nConnection: Keep-Alive\r\nAccept-Encoding: gzip\r\nUser-Agent: okhttp/4.11.0\r\n\r\n";
}

std::string FaultOf(std::string_view restore, const std::string& digest) {
  phones::PhoneStore store;
  const auto read = phones::ApplyRestore(restore, store, {.keep = phones::Keep::kRules});
  if (!read.is_accepted) return "refused: " + read.refusal;
  if (read.items && *read.items != static_cast<std::int64_t>(read.items_counted)) {
    return "items is not the number of elements";
  }
  if (phones::StateDigest(store.cases) != digest) return "other cases than a look at it found";
  const auto purged = phones::Purge(store);
  if (purged.has_cycle) return "its cases form a ring";
  if (!purged.removed.empty()) {
    return "the phone would throw away " + std::to_string(purged.removed.size()) + " cases";
  }
  return {};
}

}  // namespace outpost::loadtest::detail
