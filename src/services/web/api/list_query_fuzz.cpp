#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/problem.h"
#include "base/text.h"
#include "services/web/api/case_v2_question.h"
#include "services/web/api/date_params.h"
#include "services/web/api/list_params.h"
#include "services/web/api/paging.h"
#include "services/web/api/raw_filter.h"

/// Query strings of the lists, cursors and raw filters: what callers send is refused with a Problem
/// or understood, and a cursor comes back as it was written.
namespace {

using outpost::web::QueryParameters;

QueryParameters ParametersOf(std::string_view text) {
  QueryParameters query;
  for (const auto part : outpost::Split(text, '&')) {
    const auto at = part.find('=');
    query.emplace_back(
        outpost::PercentDecode(part.substr(0, at), true),
        at == std::string_view::npos ? "" : outpost::PercentDecode(part.substr(at + 1), true));
  }
  return query;
}

template <class Work>
void Try(Work work) {
  try {
    work();
  } catch (const outpost::Problem&) {
    // Refused.
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace outpost::web;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto query = ParametersOf(text);
  Try([&] { ReadCaseV2Question(query); });
  Try([&] { ReadCursor(text); });
  Try([&] {
    const auto again = ReadCursor(WriteCursor({query, {42}}));
    OUTPOST_CHECK(again.query == query && again.after.micros == 42);
  });
  outpost::http::Request request;
  request.query = query;
  Try([&] { PageReference(request, ReadPaging(request, kLimitMax), 1); });
  RawFilters filters;
  std::vector<outpost::search::Needle> words;
  for (const auto& [name, value] : query) {
    ReadClassicDate(value, DayEnd::kLast);
    ReadIsoDate(value, DayEnd::kFirst);
    AddRawFilter(filters, name, value);
    Try([&, &path = name, &text_sought = value] { TakeWords(path, text_sought, words); });
  }
  constexpr std::string_view kDocument =
      R"({"form":{"a":["1",{"b":"2"}],"meta":{"userID":"u"}},"id":"x","n":1})";
  Matches(kDocument, filters);
  OUTPOST_CHECK(NeedlesOf(filters).size() == filters.size());
  outpost::search::HasWords(outpost::search::Subject::kForms, kDocument, words);
  return 0;
}
