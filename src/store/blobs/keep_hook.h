#pragma once

#include <filesystem>
#include <functional>
#include <string>

/// For who copies files elsewhere.
namespace outpost::blobs {

/// `hook` is called on the writer's thread with the id of each blob of this folder that lies in a
/// file and becomes part of a transaction, before its commit; it is quick. An empty one ends it.
/// Set before forms come in, and ended after the writer has.
void OnKeepFile(const std::filesystem::path& folder,
                std::function<void(const std::string& id)> hook);

}  // namespace outpost::blobs
