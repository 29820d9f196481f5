#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "domain/people/accounts.h"

/// The frame of a restore document (restore document 6.1 to 6.3). Pure; appends.
namespace outpost::sync {

/// What the user types to sign in on a phone, and by which the phone finds its record.
std::string_view NameOnPhone(const people::Account& user);

struct DocumentHead {
  std::string_view username;          // NameOnPhone
  std::optional<std::int64_t> items;  // elements below the root, where asked for
  std::string_view token;
};

/// The start of the root, the message and Sync.
void AppendStart(std::string& out, const DocumentHead& head);
/// Registration, in the order that phones insist on.
void AppendRegistration(std::string& out, const people::Account& user,
                        const std::map<std::string, std::string>& user_data);
void AppendEnd(std::string& out);

/// Elements of AppendStart and AppendRegistration below the root.
inline constexpr std::int64_t kFrameItems = 3;

}  // namespace outpost::sync
