#include "operations/backup/destination.h"

#include <utility>

#include "base/problem.h"
#include "operations/backup/detail/places.h"

namespace outpost::backup {

namespace detail {

bool IsObjectName(std::string_view name) {
  return !name.empty() && name.front() != '/' && name.find("..") == std::string_view::npos &&
         name != kMarkerName;
}

void ThrowAway(const std::string& where) {
  throw Problem(ProblemKind::kNotFound,
                where + " does not hold the backup that was there. Is its disk mounted?");
}

}  // namespace detail

std::string NormalPlace(const std::string& where) { return TextOf(ParsePlace(where)); }

std::unique_ptr<Destination> OpenDestination(const std::string& where, Opening opening,
                                             std::shared_ptr<Pacer> pacer) {
  const auto place = ParsePlace(where);
  if (const auto* s3 = std::get_if<S3Place>(&place)) {
    return detail::OpenS3(*s3, opening, std::move(pacer));
  }
  if (const auto* ssh = std::get_if<SshPlace>(&place)) {
    return detail::OpenSsh(*ssh, opening, std::move(pacer));
  }
  return detail::OpenFolder(std::get<FolderPlace>(place), opening, std::move(pacer));
}

}  // namespace outpost::backup
