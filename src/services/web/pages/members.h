#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "http/router.h"
#include "services/web/api/api_access.h"

/// Pages for members of a project space. A browser is sent to the sign-in page (login_page.h),
/// other clients get a Basic challenge.
namespace outpost::web {

struct Member {
  std::shared_ptr<const projects::Project> project;
  std::shared_ptr<const people::Account> account;
  people::Access access;
};
using MemberPage = std::function<http::Response(const http::Request&, const Member&)>;

/// Wraps a handler of "/a/{domain}/…". `permission`: a key that the role must have, "" for none. A
/// form that another site made the browser send is refused. What the handler throws becomes a page.
http::AsyncHandler ForMembers(ApiContext& context, std::string_view permission, MemberPage handler);

}  // namespace outpost::web
