#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"

/// The keys under which a phone keeps each user's data, and what becomes of the data when the
/// server sends others (app delivery document 10).
namespace outpost::phones {

struct KeyRecord {
  std::string id;   // uuid: names the data it opens
  std::string key;  // 32 bytes
  Instant valid, expires;
};

struct KeyReading {
  bool is_accepted = false;
  std::string reported_as;  // to the user; empty when it is accepted
  std::vector<KeyRecord> records;
};
/// @param status 0: no answer came
KeyReading ReadKeys(int status, std::string_view body);
/// "2025-06-03T10:00:00Z": whole seconds and an explicit zone, or nothing.
std::optional<Instant> ReadKeyDate(std::string_view text);

enum class KeyChange : std::uint8_t {
  kNew,             // the first of this user: an empty place for data
  kSame,            // nothing but its time
  kRewritten,       // another password opens the same data
  kMoved,           // the data moves under another key
  kOldUnreachable,  // until the old password is used
};

enum class LoginStep : std::uint8_t {
  kLocal,         // nobody is asked
  kAskKeyServer,  // then as its answer says
  kRestore,       // no key server: a restore decides
};

class KeyStore {
 public:
  struct Held {
    KeyRecord record;
    std::string password;
    bool is_active = true;
  };

  /// What a login with name and password does first.
  LoginStep FirstStep(const std::string& username, std::string_view password, bool has_key_server,
                      Instant now) const;
  /// After the key server has not answered well: whether the phone lets the user in without it.
  bool LetsInOffline(const std::string& username, std::string_view password) const;
  /// Takes an accepted answer. @returns what became of the user's data
  KeyChange Take(const std::string& username, const std::string& password,
                 const KeyReading& reading);

  const std::vector<Held>& Of(const std::string& username) const;

 private:
  std::map<std::string, std::vector<Held>> held_;
};

}  // namespace outpost::phones
