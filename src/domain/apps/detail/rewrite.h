#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

/// Profile and suites of an imported app with this server's addresses in place of the ones they
/// came with (app delivery document 5, 6.4, 14.1). Every byte that is not an address, a version or
/// a property that says where to send what stays. Private to this room.
namespace outpost::apps::detail {

/// What the addresses of a build are made of.
struct Addresses {
  std::string base_url;  // "https://outpost.example.org"
  std::string project;
  std::string app_id;
  std::string build_id;

  std::string Download(std::string_view path) const;
  std::string Phone(std::string_view rest) const;  // "…/a/{project}/phone/" and the rest
};

struct NewVersions {
  std::int64_t app = 0;
  std::map<std::string, std::int64_t, std::less<>> resources;  // by id; others keep theirs
};

/// The absolute address of a file of the archive; "" when it is not there.
using AddressOf = std::function<std::string(std::string_view path)>;

struct ProfileRewrite {
  const Addresses& addresses;
  const NewVersions& versions;
  AddressOf address_of;
  std::string update_path;         // file that update checks ask for
  std::set<std::string> left_out;  // ids of suites that this profile does not name
  std::string profile_path;        // in the archive
};
/// @throws Problem kUnprocessable when the text is not UTF-8.
std::string RewriteProfile(std::string_view xml, const ProfileRewrite& rewrite);

struct SuiteRewrite {
  const Addresses& addresses;
  const NewVersions& versions;
  AddressOf address_of;
  std::string suite_path;
};
/// @throws Problem kUnprocessable when the text is not UTF-8.
std::string RewriteSuite(std::string_view xml, const SuiteRewrite& rewrite);

/// An address of a CommCare server's phone endpoints, on this server: "…/a/old/phone/search/x/"
/// becomes the search of this project and build. "" when it is something else.
std::string PhoneAddress(std::string_view url, const Addresses& addresses);

}  // namespace outpost::apps::detail
