#include "operations/phones/apps/key_store.h"

#include <algorithm>

#include "base/problem.h"
#include "base/text.h"
#include "format/xml/xml.h"

namespace outpost::phones {
namespace {

constexpr std::size_t kKeyBytes = 32;

std::string TextOf(const xml::Element& parent, std::string_view name) {
  const auto child = parent.child(name);
  return child ? std::string(Trim(child->text())) : std::string();
}

std::optional<KeyRecord> ReadRecord(const xml::Element& element) {
  const auto valid = ReadKeyDate(element.attribute("valid").value_or(""));
  const auto expires = ReadKeyDate(element.attribute("expires").value_or(""));
  const auto key = element.child("key");
  auto id = TextOf(element, "uuid");
  if (!valid || !expires || !key || id.empty()) return std::nullopt;
  auto bytes = BytesOfBase64(Trim(key->text()));
  if (key->attribute("type") != "AES256" || !bytes || bytes->size() != kKeyBytes) {
    return std::nullopt;
  }
  return KeyRecord{std::move(id), std::move(*bytes), *valid, *expires};
}

/// Empty where any record or date is not as it must be.
std::vector<KeyRecord> ReadRecords(std::string_view body) {
  const auto document = xml::Document::Parse(body);
  const auto keys = document.root().child("auth_keys");
  if (!keys || !ReadKeyDate(keys->attribute("issued").value_or(""))) return {};
  std::vector<KeyRecord> records;
  for (auto child = keys->first_child(); child; child = child->next_sibling()) {
    if (child->name() != "key_record") continue;
    auto record = ReadRecord(*child);
    if (!record) return {};
    records.push_back(std::move(*record));
  }
  return records;
}

}  // namespace

std::optional<Instant> ReadKeyDate(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00";
  if (text.size() <= kShape.size()) return std::nullopt;
  const char mark = text[kShape.size()];
  const bool has_zone = mark == 'Z' || mark == '+' || mark == '-';
  if (!has_zone || text[10] != 'T' || text[4] != '-') return std::nullopt;
  return ParseDateTime(text);
}

KeyReading ReadKeys(int status, std::string_view body) {
  KeyReading reading;
  if (status == 0) {
    reading.reported_as = "no network";
  } else if (status == 401) {
    reading.reported_as = "bad credentials";
  } else if (status == 403) {
    reading.reported_as = "insufficient role permission";
  } else {
    reading.reported_as = "bad server response";
  }
  if (status != 200) return reading;
  try {
    reading.records = ReadRecords(body);
  } catch (const Problem& problem) {
    if (problem.kind() != ProblemKind::kMalformed) throw;
  }
  reading.is_accepted = !reading.records.empty();
  if (reading.is_accepted) reading.reported_as.clear();
  return reading;
}

const std::vector<KeyStore::Held>& KeyStore::Of(const std::string& username) const {
  static const std::vector<Held> none;
  const auto found = held_.find(username);
  return found == held_.end() ? none : found->second;
}

LoginStep KeyStore::FirstStep(const std::string& username, std::string_view password,
                              bool has_key_server, Instant now) const {
  for (const auto& held : Of(username)) {
    if (held.password == password && held.record.valid <= now && now <= held.record.expires) {
      return LoginStep::kLocal;
    }
  }
  return has_key_server ? LoginStep::kAskKeyServer : LoginStep::kRestore;
}

bool KeyStore::LetsInOffline(const std::string& username, std::string_view password) const {
  const auto& all = Of(username);
  return std::any_of(all.begin(), all.end(),
                     [&](const Held& held) { return held.password == password; });
}

KeyChange KeyStore::Take(const std::string& username, const std::string& password,
                         const KeyReading& reading) {
  OUTPOST_CHECK(reading.is_accepted);
  auto& all = held_[username];
  const auto& record = reading.records.front();
  const auto same = std::find_if(all.begin(), all.end(),
                                 [&](const Held& held) { return held.record.id == record.id; });
  if (same != all.end()) {
    const bool is_rewritten = same->password != password;
    *same = {record, password, true};
    return is_rewritten ? KeyChange::kRewritten : KeyChange::kSame;
  }
  const auto mine = std::find_if(all.begin(), all.end(),
                                 [&](const Held& held) { return held.password == password; });
  if (mine != all.end()) {
    *mine = {record, password, true};
    return KeyChange::kMoved;
  }
  const bool is_first = all.empty();
  for (auto& held : all) held.is_active = false;
  all.push_back({record, password, true});
  return is_first ? KeyChange::kNew : KeyChange::kOldUnreachable;
}

}  // namespace outpost::phones
