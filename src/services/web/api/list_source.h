#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "insight/lists/feeder.h"
#include "insight/lists/lists.h"
#include "services/web/api/paging.h"
#include "store/sql/writer.h"

/// Pages of documents from the lists, for every list of the API.
namespace outpost::web {

/// All must outlive the routes.
struct ListSource {
  lists::Lists& lists;
  lists::Feeder& feeder;
  sql::Writer& writer;
};

/// A request waits so long for the lists to show what was acknowledged before it; usually some
/// milliseconds. Then it is answered from what they show.
inline constexpr std::int64_t kFreshWaitMicros = 2'000'000;

/// Reads a document; empty when it is gone, or is not what was asked for. `indexed_on` of what was
/// read tells whether it is the listed version.
struct Document {
  std::string json;
  Instant indexed_on;
};
using ReadDocument = std::function<std::optional<Document>(std::int64_t row)>;

struct DocumentPage {
  std::vector<Document> documents;
  bool has_more = false;
  Instant last_listed;  // indexed_on of the last row, of a document that was left out too
  std::int64_t total = 0;
};

/// `is_filter`: documents that `read` leaves out do not count, because it looks into them for what
/// no column holds. In the order of indexed_on a document that has changed since it was listed is
/// left out, as it comes again at its new place: a client that goes on from the last one it saw
/// would else miss what lies between.
DocumentPage FindDocuments(const ListSource& source, const lists::Selection& selection,
                           const Paging& paging, const ReadDocument& read, bool is_filter);

/// {"meta": …, "objects": […]}
std::string RenderPage(const http::Request& request, const Paging& paging,
                       const DocumentPage& page);

}  // namespace outpost::web
