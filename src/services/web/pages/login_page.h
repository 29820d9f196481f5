#pragma once

#include <string>
#include <string_view>

#include "http/router.h"
#include "services/web/api/api_access.h"
#include "store/sql/writer.h"

/// Signing in by a page, out by a button; without scripts. Wrong passwords are slowed as everywhere
/// (people::Authenticator).
///
///   GET, POST /accounts/login/?next=…   next: a path of this server, else the list
///   GET, POST /accounts/logout/
///   GET       /homepage/                the project spaces of who is signed in
///
/// The cookie goes with requests of this site only (SameSite=Lax) and is out of reach for scripts;
/// what changes something is taken from this site's own pages only (comes_from.h).
namespace outpost::web {

struct LoginContext {
  ApiContext& api;
  sql::Writer& writer;
};

/// The context must outlive the router.
void AddLoginRoutes(http::Router& router, LoginContext& context);

/// Where a page goes after signing in: `next` when it is a path of this server, else the list. No
/// other server, no scheme, nothing that could end a header.
std::string LocalNext(std::string_view next);
inline constexpr std::size_t kNextBytesMax = 2'000;

/// A browser that should sign in first, in contrast to a client that waits for a challenge.
bool WantsPage(const http::Request& request);
/// Sends the browser to the sign-in page, and from there to `next`.
http::Response ToSignIn(std::string_view next);

}  // namespace outpost::web
