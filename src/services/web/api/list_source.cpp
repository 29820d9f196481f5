#include "services/web/api/list_source.h"

#include <utility>

namespace outpost::web {
namespace {

constexpr int kAttempts = 3;

bool IsByIndexedOn(const lists::Selection& selection) {
  return selection.order.front().field == lists::Field::kIndexedOn;
}

/// Documents that are looked into are read once.
lists::Accept AcceptOf(const ReadDocument& read, std::vector<Document>& kept,
                       const Paging& paging) {
  return [&read, &kept, paging, seen = std::int64_t{0}](const lists::Listed& listed) mutable {
    auto document = read(listed.row);
    if (!document || document->indexed_on != listed.indexed_on) return false;
    ++seen;
    const bool is_on_page = seen > paging.offset && seen <= paging.offset + paging.limit;
    if (is_on_page) kept.push_back(std::move(*document));
    return true;
  };
}

/// @returns whether every document is the listed version.
bool ReadAll(const lists::Page& page, const ReadDocument& read, bool is_strict,
             std::vector<Document>& documents) {
  bool is_current = true;
  for (const auto& listed : page.rows) {
    auto document = read(listed.row);
    if (!document || (is_strict && document->indexed_on != listed.indexed_on)) {
      is_current = false;
      continue;
    }
    documents.push_back(std::move(*document));
  }
  return is_current;
}

}  // namespace

DocumentPage FindDocuments(const ListSource& source, const lists::Selection& selection,
                           const Paging& paging, const ReadDocument& read, bool is_filter) {
  DocumentPage result;
  for (int attempt = 1;; ++attempt) {
    source.feeder.WaitFor(source.writer.committed_seq(), kFreshWaitMicros);
    result.documents.clear();
    const auto page =
        source.lists.Find(selection, paging.offset, paging.limit,
                          is_filter ? AcceptOf(read, result.documents, paging) : nullptr);
    result.has_more = page.has_more;
    result.total = page.total;
    if (!page.rows.empty()) result.last_listed = page.rows.back().indexed_on;
    if (is_filter) return result;
    const bool is_current = ReadAll(page, read, IsByIndexedOn(selection), result.documents);
    // An empty page ends a client's export: it must mean the end of the list.
    const bool is_misleading = !is_current && result.documents.empty() && page.has_more;
    if (!is_misleading || attempt == kAttempts) return result;
  }
}

std::string RenderPage(const http::Request& request, const Paging& paging,
                       const DocumentPage& page) {
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  out.Key("meta");
  WriteMeta(out, request, paging, page.total, page.has_more);
  out.Key("objects");
  out.BeginArray();
  for (const auto& document : page.documents) out.Raw(document.json);
  out.EndArray();
  out.EndObject();
  return text;
}

}  // namespace outpost::web
