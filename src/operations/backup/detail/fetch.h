#pragma once

#include <functional>
#include <string>

#include "operations/backup/destination.h"
#include "operations/backup/keys.h"
#include "operations/backup/parcel.h"

namespace outpost::backup::detail {

/// The plain body of a parcel that must be the one expected there.
/// @throws Problem kUnprocessable that names the parcel
std::string Fetch(const Destination& destination, const BackupKey& key, const std::string& name,
                  const std::function<bool(const ReadParcel&)>& is_expected,
                  ReadParcel* read = nullptr);

}  // namespace outpost::backup::detail
