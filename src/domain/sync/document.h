#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "domain/people/accounts.h"

/// The frame of a restore document (restore document 6.1 to 6.3). Pure; appends.
namespace outpost::sync {

struct DocumentHead {
  std::string_view username;          // as the phone knows it
  std::optional<std::int64_t> items;  // elements below the root, where asked for
  std::string_view token;             // "" in a case restore
};

/// The start of the root, the message and Sync. `message` follows "Successfully restored account "
/// in ordinary restores.
void AppendStart(std::string& out, const DocumentHead& head);
/// Registration, in the order that phones insist on.
void AppendRegistration(std::string& out, const people::Account& user,
                        const std::map<std::string, std::string>& user_data);
void AppendEnd(std::string& out);

/// Elements of AppendStart and AppendRegistration below the root.
inline constexpr std::int64_t kFrameItems = 3;

}  // namespace outpost::sync
