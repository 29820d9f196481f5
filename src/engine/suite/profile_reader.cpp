#include "base/text.h"
#include "engine/suite/detail/node.h"
#include "engine/suite/profile.h"

namespace outpost::suite {
namespace {

int RequireSmallInteger(const Node& node, std::string_view attribute) {
  return node.IntegerOr(attribute, 0);
}

std::optional<ClientVersion> ReadRequired(const Node& root) {
  if (!root.Find("requiredMajor") || !root.Find("requiredMinor")) return std::nullopt;
  return ClientVersion{RequireSmallInteger(root, "requiredMajor"),
                       RequireSmallInteger(root, "requiredMinor"),
                       RequireSmallInteger(root, "requiredMinimal")};
}

Property ReadProperty(const Node& node) {
  return {node.Require("key"), node.Require("value"), EqualsIgnoreCase(node.Get("force"), "true"),
          node.place()};
}

Root ReadRoot(const Node& node) {
  Root root{node.Require("prefix"), EqualsIgnoreCase(node.Get("readonly"), "true"), {}, {}};
  for (const Node& child : node.Children()) {
    const auto kind = ToLower(child.name());
    if (kind == "filesystem" || kind == "resource" || kind == "absolute") {
      root.kind = kind;
      root.path = child.Require("path");
      return root;
    }
  }
  node.Refuse("needs <filesystem>, <resource> or <absolute>");
}

void ReadUsers(const Node& users, Profile& profile) {
  for (const Node& child : users.Children()) {
    const auto name = ToLower(child.name());
    if (name == "registration") {
      profile.registration_namespace = child.TrimmedText();
    } else if (name == "logo") {
      profile.logo = child.TrimmedText();
    } else {
      child.Refuse("is not known in <users>");
    }
  }
}

void ReadDependencies(const Node& dependencies, Profile& profile) {
  for (const Node& child : dependencies.Children()) {
    if (!child.Is("android_package")) continue;
    profile.dependencies.push_back({child.RequireNonEmpty("id"), child.Get("name")});
  }
}

void ReadCredentials(const Node& credentials, Profile& profile) {
  for (const Node& child : credentials.Children()) {
    if (!child.Is("credential")) continue;
    profile.credentials.push_back({child.RequireNonEmpty("level"), child.RequireNonEmpty("type")});
  }
}

void ReadFeatures(const Node& features, Profile& profile) {
  for (const Node& child : features.Children()) {
    const auto name = ToLower(child.name());
    const auto active = ToLower(child.Get("active"));
    if (active != "true" && active != "false" && child.Find("active")) {
      child.Refuse("needs true or false in active");
    }
    profile.features.push_back({name, active == "true"});
    if (name == "users") ReadUsers(child, profile);
    if (name == "dependencies") ReadDependencies(child, profile);
    if (name == "credentials") ReadCredentials(child, profile);
  }
}

void ReadChild(const Node& child, Profile& profile) {
  const auto name = ToLower(child.name());
  if (name == "property") profile.properties.push_back(ReadProperty(child));
  if (name == "root") profile.roots.push_back(ReadRoot(child));
  if (name == "features") ReadFeatures(child, profile);
  if (name == "login") profile.login_image = ReadOnlyResource(child, ResourceKind::kLoginImage);
  if (name == "suite") profile.suites.push_back(ReadOnlyResource(child, ResourceKind::kSuite));
}

Profile Read(const Node& root) {
  if (!root.Is("profile")) root.Refuse("is no profile: the root must be <profile>");
  Profile profile;
  profile.version = root.RequireInteger("version");
  profile.update = root.Get("update");
  profile.unique_id = root.Get("uniqueid");
  profile.name = root.Get("name");
  profile.descriptor = root.Get("descriptor");
  profile.build_profile = root.Get("buildProfileID");
  profile.required = ReadRequired(root);
  profile.place = root.place();
  for (const Node& child : root.Children()) ReadChild(child, profile);
  return profile;
}

}  // namespace

Profile ReadProfile(std::string_view xml, std::string_view file) {
  Profile profile;
  WithRoot(xml, std::string(file), [&](const Node& root) { profile = Read(root); });
  return profile;
}

bool Accepts(const std::optional<ClientVersion>& required, const ClientVersion& client) {
  if (!required) return true;
  if (required->major != client.major) return false;
  if (client.minor != required->minor) return client.minor > required->minor;
  return client.minimal >= required->minimal;
}

}  // namespace outpost::suite
