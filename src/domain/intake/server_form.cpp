#include "domain/intake/server_form.h"

#include "base/ids.h"
#include "base/text.h"
#include "domain/intake/detail/process.h"

namespace outpost::intake {
namespace {

std::string Leaf(std::string_view name, std::string_view text) {
  return "<" + std::string(name) + ">" + EscapeMarkup(text) + "</" + std::string(name) + ">";
}

std::string RenderXml(const ServerForm& form) {
  const std::string at = FormatT6(form.at);
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<system version=\"1\" uiVersion=\"1\" "
         "xmlns=\"" +
         EscapeMarkup(form.xmlns) + "\" xmlns:orx=\"http://openrosa.org/jr/xforms\">" +
         form.blocks + "<orx:meta>" + Leaf("orx:deviceID", form.device_id) +
         Leaf("orx:timeStart", at) + Leaf("orx:timeEnd", at) + Leaf("orx:username", form.username) +
         Leaf("orx:userID", form.user_id) + Leaf("orx:instanceID", NewUuid()) +
         "</orx:meta></system>";
}

}  // namespace

Submission SubmissionOf(const ServerForm& form) {
  Submission submission;
  submission.project = form.project;
  submission.xml = RenderXml(form);
  submission.request.auth.kind = forms::AuthContext::Kind::kServer;
  submission.request.last_sync_token = form.last_sync_token;
  submission.received_on = form.at;
  return submission;
}

Receipt ApplyServerForm(sql::Batch& batch, ParsedSubmission form, const blobs::BlobStore& blobs) {
  form.xml = forms::PrepareXml(form.submission.xml, blobs);
  return Process(batch, form, blobs);
}

}  // namespace outpost::intake
