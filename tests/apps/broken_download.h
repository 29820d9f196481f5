#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "operations/phones/apps/app_fetch.h"

namespace outpost::tests {

/// GET of which only so many bytes of the body are awaited; then `then` is called, and what still
/// comes is read to the end. Reads through a small window, so that a server cannot have sent much
/// more. @returns an answer only if the body came whole nevertheless
phones::FetchAnswer DownloadInterrupted(const std::string& origin, const std::string& target,
                                        std::size_t bytes, const std::function<void()>& then);

/// The same, but the phone itself hangs up.
phones::FetchAnswer DownloadCut(const std::string& origin, const std::string& target,
                                std::size_t bytes);

}  // namespace outpost::tests
