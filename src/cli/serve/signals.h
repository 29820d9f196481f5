#pragma once

#include <csignal>

namespace outpost::cli {

/// The signals that end a server are blocked from here on, in every thread, and taken with sigwait;
/// a peer that went away is none.
sigset_t BlockSignals();

}  // namespace outpost::cli
