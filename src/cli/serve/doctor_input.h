#pragma once

#include <string>

#include "base/settings.h"
#include "operations/doctor/doctor.h"

namespace outpost::cli {

/// What doctor looks at, as the server's settings say; who answers for the database is left open.
doctor::DoctorInput DoctorInputOf(const Settings& settings);

}  // namespace outpost::cli
