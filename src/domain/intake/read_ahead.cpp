#include "domain/intake/read_ahead.h"

#include <string>

#include "domain/cases/case_store.h"
#include "domain/forms/form_store.h"
#include "domain/intake/detail/effects.h"
#include "format/xml/xml.h"

namespace outpost::intake {

StoredContent ReadStoredContent(sql::Connection& connection, const blobs::BlobStore& blobs,
                                std::int64_t form_row) {
  const auto document = xml::Document::Parse(forms::ReadXml(connection, blobs, form_row));
  return {cases::FindCaseBlocks(document).blocks, ledgers::FindMovements(document).movements};
}

const ReadAhead::Known* ReadAhead::Add(sql::Connection& connection, std::int64_t form_row) {
  if (const auto at = known_.find(form_row); at != known_.end()) return &at->second;
  auto form = forms::FindFormByRow(connection, form_row);
  const bool has_content = form && form->state != forms::FormState::kSubmissionError;
  if (!has_content || bytes_ + form->xml_length > kBytesMax) return nullptr;
  bytes_ += form->xml_length;
  auto content =
      std::make_shared<const StoredContent>(ReadStoredContent(connection, blobs_, form_row));
  return &known_.emplace(form_row, Known{std::move(*form), std::move(content)}).first->second;
}

void ReadAhead::AddCase(sql::Connection& connection, std::int64_t project,
                        std::string_view case_id) {
  const auto found = cases::FindCase(connection, database_, project, case_id);
  if (!found) return;
  for (const auto& transaction : cases::ListTransactions(connection, found->row)) {
    if (transaction.form_row != 0) Add(connection, transaction.form_row);
  }
}

void ReadAhead::AddForm(sql::Connection& connection, std::int64_t project,
                        std::string_view form_id) {
  const auto form = forms::FindForm(connection, database_, project, form_id);
  const auto* known = form ? Add(connection, form->row) : nullptr;
  if (known == nullptr) return;
  const auto content = known->content;
  for (const auto& case_id : TouchedCases(content->blocks, content->movements)) {
    AddCase(connection, project, case_id);
  }
}

std::shared_ptr<const StoredContent> ReadAhead::Find(const forms::FormRecord& form) const {
  const auto at = known_.find(form.row);
  if (at == known_.end()) return nullptr;
  const auto& known = at->second.form;
  const bool is_same = known.xml_md5 == form.xml_md5 && known.xml_length == form.xml_length;
  return is_same ? at->second.content : nullptr;
}

std::shared_ptr<const StoredContent> ContentOf(sql::Connection& connection,
                                               const blobs::BlobStore& blobs,
                                               const forms::FormRecord& form,
                                               const ReadAhead* ahead) {
  auto content = ahead == nullptr ? nullptr : ahead->Find(form);
  if (content == nullptr) {
    content = std::make_shared<const StoredContent>(ReadStoredContent(connection, blobs, form.row));
  }
  return content;
}

}  // namespace outpost::intake
