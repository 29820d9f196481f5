#include "operations/backup/place.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "base/problem.h"
#include "base/text.h"

namespace outpost::backup {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBucketCharactersMin = 3;
constexpr std::size_t kBucketCharactersMax = 63;
constexpr std::size_t kHostCharactersMax = 253;
constexpr int kPortMax = 65'535;

[[noreturn]] void Refuse(const std::string& told) { throw Problem(ProblemKind::kBadRequest, told); }

bool IsOneOf(std::string_view text, std::string_view others) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != std::string_view::npos;
  });
}

bool ClimbsUp(std::string_view path) {
  const auto segments = Split(path, '/');
  return std::any_of(segments.begin(), segments.end(),
                     [](std::string_view segment) { return segment == ".." || segment == "."; });
}

std::string_view WithoutSlashes(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  while (path.starts_with('/')) path.remove_prefix(1);
  return path;
}

struct Parts {
  std::string authority, path;
  std::map<std::string, std::string> options;
};

/// What stands behind "s3://" or "ssh://".
Parts PartsOf(std::string_view rest, const std::vector<std::string_view>& known) {
  Parts parts;
  const auto question = rest.find('?');
  if (question != std::string_view::npos) {
    for (const auto field : Split(rest.substr(question + 1), '&')) {
      const auto equals = field.find('=');
      const auto name = field.substr(0, equals);
      if (equals == std::string_view::npos ||
          std::find(known.begin(), known.end(), name) == known.end()) {
        std::string names;
        for (const auto one : known) names += (names.empty() ? "" : ", ") + std::string(one);
        Refuse("The address of the backup has an option that nobody knows. Known ones: " + names +
               ".");
      }
      parts.options[std::string(name)] = PercentDecode(field.substr(equals + 1));
    }
    rest = rest.substr(0, question);
  }
  const auto slash = rest.find('/');
  parts.authority = rest.substr(0, slash);
  if (slash != std::string_view::npos) parts.path = rest.substr(slash);
  if (ClimbsUp(parts.path) || parts.path.find("//") != std::string::npos) {
    Refuse("The address of a backup has no \"..\", \".\" or \"//\" in its path.");
  }
  return parts;
}

std::string Taken(const Parts& parts, const char* name) {
  const auto found = parts.options.find(name);
  return found == parts.options.end() ? std::string() : found->second;
}

/// "https://host[:port]"; without TLS only on this machine: who can listen could send again what
/// was signed, such as a removal.
std::string Endpoint(std::string text) {
  while (text.ends_with('/')) text.pop_back();
  const bool is_plain = text.starts_with("http://");
  const auto host = text.substr(std::min(text.size(), std::size_t{is_plain ? 7U : 8U}));
  if ((!is_plain && !text.starts_with("https://")) || host.empty() || !IsOneOf(host, "-.:[]")) {
    Refuse(
        "endpoint in the address of the backup is written as https://HOST or https://HOST:PORT.");
  }
  const auto name =
      host.starts_with('[') ? host.substr(0, host.find(']') + 1) : host.substr(0, host.find(':'));
  if (is_plain && name != "localhost" && name != "127.0.0.1" && name != "[::1]") {
    Refuse(
        "endpoint in the address of the backup must begin with https://: without TLS others "
        "could repeat what was signed.");
  }
  return text;
}

S3Place ParseS3(std::string_view rest) {
  const auto parts = PartsOf(rest, {"endpoint", "region", "addresses", "credentials", "ca"});
  if (parts.authority.find_first_of("@:") != std::string::npos) {
    Refuse(
        "Keys do not belong into the address of a backup: name a file with credentials=FILE, or "
        "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment.");
  }
  S3Place place;
  place.bucket = parts.authority;
  if (place.bucket.size() < kBucketCharactersMin || place.bucket.size() > kBucketCharactersMax ||
      !IsOneOf(place.bucket, "-._")) {
    Refuse("\"" + place.bucket + "\" is no name of a bucket. Write s3://BUCKET/PREFIX.");
  }
  place.prefix = WithoutSlashes(parts.path);
  const auto region = Taken(parts, "region");
  if (!region.empty()) place.region = region;
  if (!IsOneOf(place.region, "-_")) Refuse("region in the address of the backup is a name.");
  const auto endpoint = Taken(parts, "endpoint");
  place.endpoint =
      Endpoint(endpoint.empty() ? "https://s3." + place.region + ".amazonaws.com" : endpoint);
  const auto style = Taken(parts, "addresses");
  if (!style.empty() && style != "path" && style != "host") {
    Refuse(
        "addresses in the address of the backup is path (https://ENDPOINT/BUCKET) or host "
        "(https://BUCKET.ENDPOINT).");
  }
  // A dot in the name fits no certificate.
  const bool is_amazon = endpoint.empty() && place.bucket.find('.') == std::string::npos;
  place.is_path_style = style.empty() ? !is_amazon : style == "path";
  place.credentials = Taken(parts, "credentials");
  place.authorities = Taken(parts, "ca");
  return place;
}

SshPlace ParseSsh(std::string_view rest) {
  const auto parts = PartsOf(rest, {"config"});
  SshPlace place;
  auto host = std::string_view(parts.authority);
  if (const auto at = host.rfind('@'); at != std::string_view::npos) {
    place.user = host.substr(0, at);
    host = host.substr(at + 1);
    if (place.user.find(':') != std::string::npos) {
      Refuse("A password does not belong into the address of a backup: ssh signs in with a key.");
    }
  }
  const auto colon = host.rfind(':');
  if (colon != std::string_view::npos && !host.ends_with(']')) {
    const auto port = ParseInt(host.substr(colon + 1));
    if (!port || *port < 1 || *port > kPortMax) Refuse("The port of the backup is 1 to 65535.");
    place.port = static_cast<std::uint16_t>(*port);
    host = host.substr(0, colon);
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  place.host = host;
  // A dash in front would be an option of ssh.
  if (host.empty() || host.size() > kHostCharactersMax || host.starts_with('-') ||
      !IsOneOf(host, "-._:") || place.user.starts_with('-') || !IsOneOf(place.user, "-._")) {
    Refuse("Write ssh://USER@HOST/FOLDER.");
  }
  const bool is_below_home = parts.path.starts_with("/~/");
  place.folder = WithoutSlashes(std::string_view(parts.path).substr(is_below_home ? 2 : 0));
  if (place.folder.empty()) {
    Refuse("Name a folder: ssh://USER@HOST/FOLDER, or /~/FOLDER for one below the user's home.");
  }
  if (!is_below_home) place.folder.insert(0, "/");
  place.config = Taken(parts, "config");
  return place;
}

/// Nothing in it that would end the option.
std::string Escaped(std::string_view value) {
  std::string out;
  for (const char c : value) {
    const std::string_view one(&c, 1);
    out += c == '/' || c == ':' || c == '[' || c == ']' ? std::string(one) : PercentEncode(one);
  }
  return out;
}

class Options {
 public:
  void Add(const char* name, const std::string& value) {
    if (value.empty()) return;
    text_ += (text_.empty() ? "?" : "&") + std::string(name) + "=" + Escaped(value);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string Text(const S3Place& place, bool with_way) {
  Options options;
  options.Add("endpoint", place.endpoint);
  if (with_way) {
    options.Add("region", place.region);
    options.Add("addresses", place.is_path_style ? "path" : "host");
    options.Add("credentials", place.credentials);
    options.Add("ca", place.authorities);
  }
  return "s3://" + place.bucket + (place.prefix.empty() ? "" : "/" + place.prefix) + options.text();
}

std::string Text(const SshPlace& place, bool with_way) {
  std::string text = "ssh://";
  if (!place.user.empty()) text += place.user + "@";
  const bool is_number = place.host.find(':') != std::string::npos;
  text += is_number ? "[" + place.host + "]" : place.host;
  if (place.port != 0) text += ":" + std::to_string(place.port);
  text += place.folder.starts_with('/') ? place.folder : "/~/" + place.folder;
  Options options;
  if (with_way) options.Add("config", place.config);
  return text + options.text();
}

std::string Text(const FolderPlace& place, bool) { return place.folder.string(); }

}  // namespace

Place ParsePlace(const std::string& where) {
  constexpr std::string_view kS3 = "s3://";
  constexpr std::string_view kSsh = "ssh://";
  if (where.starts_with(kS3)) return ParseS3(std::string_view(where).substr(kS3.size()));
  if (where.starts_with(kSsh)) return ParseSsh(std::string_view(where).substr(kSsh.size()));
  if (where.find("://") != std::string::npos) {
    Refuse(
        "Backups lie in a folder (/mnt/backup), in an S3-compatible store (s3://BUCKET/PREFIX) or "
        "behind SSH (ssh://USER@HOST/FOLDER).");
  }
  auto folder = fs::absolute(where).lexically_normal();
  if (!folder.has_filename() && folder.has_parent_path()) folder = folder.parent_path();
  return FolderPlace{folder};
}

std::string TextOf(const Place& place) {
  return std::visit([](const auto& one) { return Text(one, true); }, place);
}

std::string IdentityOf(const Place& place) {
  return std::visit([](const auto& one) { return Text(one, false); }, place);
}

bool IsOffSite(const Place& place) { return !std::holds_alternative<FolderPlace>(place); }

}  // namespace outpost::backup
