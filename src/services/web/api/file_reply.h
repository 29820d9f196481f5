#pragma once

#include <string_view>

#include "http/message.h"
#include "store/blobs/blobs.h"
#include "store/sql/connection.h"

/// Files that phones sent, as answers.
namespace outpost::web {

/// The stored bytes with the content type they came with; large ones are streamed. A browser runs
/// no script of them: whoever may submit a form could write one.
/// @throws Problem kNotFound
http::Response FileReply(sql::Connection& connection, const blobs::BlobStore& blobs,
                         std::string_view blob, std::string_view content_type);

/// Makes an answer of foreign content harmless to a browser.
void Disarm(http::Response& response);

}  // namespace outpost::web
