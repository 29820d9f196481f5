#include "operations/backup/detail/fetch.h"

#include "base/problem.h"

namespace outpost::backup::detail {

std::string Fetch(const Destination& destination, const BackupKey& key, const std::string& name,
                  const std::function<bool(const ReadParcel&)>& is_expected, ReadParcel* read) {
  try {
    ReadParcel found;
    auto body = OpenParcel(key, destination.Get(name), &found);
    if (!is_expected(found)) {
      throw Problem(ProblemKind::kUnprocessable, "it stands in the place of another one");
    }
    if (read != nullptr) *read = found;
    return body;
  } catch (const Problem& problem) {
    throw Problem(ProblemKind::kUnprocessable, name + ": " + problem.told());
  }
}

}  // namespace outpost::backup::detail
