#pragma once

#include <functional>

#include "services/mobile/receiver/visit.h"

namespace outpost::mobile {

/// Finds out who is asking and whether they may submit here (submission document 1.1, 1.2, 2).
/// Calls `admitted` with the visit's auth filled in, or answers. Practice mode is let through here:
/// what it may do depends on the form (demo_mode.h).
void Authenticate(const VisitPtr& visit, const std::function<void(const VisitPtr&)>& admitted);

}  // namespace outpost::mobile
