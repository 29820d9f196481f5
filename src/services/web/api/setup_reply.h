#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "format/json/writer.h"
#include "http/message.h"

/// Answers about what a project space has set up: lists that are known whole before they are paged.
namespace outpost::web {

using WriteObject = std::function<void(json::Writer& out, std::size_t index)>;
/// A page of `total` things, as the request says; `write` is called for those of the page.
/// @throws Problem kBadRequest as ReadPaging does
http::Response ReplyWithPage(const http::Request& request, std::size_t total,
                             const WriteObject& write);
/// One thing.
http::Response ReplyWithObject(const std::function<void(json::Writer& out)>& write);
/// 404 without a body.
http::Response ReplyNotFound();
/// {"error_message": "…"}: how groups and rows of lookup tables are refused.
http::Response ErrorMessage(int status, std::string_view told);

/// Address of another thing of the same project space in the version of the request:
/// Sibling("/a/d/api/v0.5/location/x/", "location_type", "7") = "/a/d/api/v0.5/location_type/7/",
/// and ".../api/location_type/v1/7/" where the version comes last.
std::string SiblingPath(std::string_view request_path, std::string_view resource,
                        std::string_view id);
/// With scheme and host.
std::string Absolute(const http::Request& request, std::string_view path);

void WriteTextMap(json::Writer& out, std::string_view key,
                  const std::map<std::string, std::string>& texts);
void WriteTextList(json::Writer& out, std::string_view key, const std::vector<std::string>& texts);

}  // namespace outpost::web
