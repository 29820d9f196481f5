#include "domain/intake/detail/held_forms.h"

#include <boost/json.hpp>

#include "format/json/writer.h"

namespace outpost::intake {
namespace {

/// Everything of a submission but its bytes, as JSON.
std::string RenderRequest(const Submission& submission) {
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  out.Member("received_on", submission.received_on.micros);
  if (submission.app_id) out.Member("app_id", *submission.app_id);
  if (submission.build_id) out.Member("build_id", *submission.build_id);
  out.Key("facts");
  out.Raw(forms::RenderRequestFacts(submission.request));
  out.EndObject();
  return text;
}

std::string RenderAttachments(const std::vector<ReceivedAttachment>& attachments) {
  std::string text;
  json::Writer out(text);
  out.BeginArray();
  for (const auto& attachment : attachments) {
    out.BeginObject();
    out.Member("name", attachment.name);
    out.Member("content_type", attachment.content_type);
    out.Member("length", attachment.blob.length);
    out.Member("blob", attachment.blob.id);
    out.EndObject();
  }
  out.EndArray();
  return text;
}

std::string TextOf(const boost::json::value& value) { return std::string(value.as_string()); }

void ReadRequest(std::string_view text, Submission& submission) {
  const auto value = boost::json::parse({text.data(), text.size()});
  const auto& object = value.as_object();
  submission.received_on = {object.at("received_on").as_int64()};
  if (object.contains("app_id")) submission.app_id = TextOf(object.at("app_id"));
  if (object.contains("build_id")) submission.build_id = TextOf(object.at("build_id"));
  submission.request = forms::ParseRequestFacts(boost::json::serialize(object.at("facts")));
}

std::vector<ReceivedAttachment> ReadAttachments(std::string_view text) {
  std::vector<ReceivedAttachment> attachments;
  const auto value = boost::json::parse({text.data(), text.size()});
  for (const auto& item : value.as_array()) {
    const auto& object = item.as_object();
    ReceivedAttachment attachment;
    attachment.name = TextOf(object.at("name"));
    attachment.content_type = TextOf(object.at("content_type"));
    attachment.blob.length = object.at("length").as_int64();
    attachment.blob.id = TextOf(object.at("blob"));
    attachments.push_back(std::move(attachment));
  }
  return attachments;
}

}  // namespace

Receipt Hold(sql::Batch& batch, const ParsedSubmission& parsed, const blobs::BlobStore& blobs) {
  const Submission& submission = parsed.submission;
  if (!parsed.xml.blob.id.empty()) blobs.Keep(batch, parsed.xml.blob);
  for (const auto& attachment : submission.attachments) blobs.Keep(batch, attachment.blob);
  const std::string request = RenderRequest(submission);
  const std::string attachments = RenderAttachments(submission.attachments);
  batch.connection().Execute(
      "INSERT INTO held_forms (id, project, form_id, is_verified, request, attachments, "
      "xml_length, xml, xml_blob) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      {batch.Next().seq, submission.project->row, std::string_view(parsed.identity.form_id),
       std::int64_t{submission.request.auth.is_authenticated}, std::string_view(request),
       std::string_view(attachments), parsed.xml.length, forms::PackedParam(parsed.xml),
       forms::BlobParam(parsed.xml)});
  return {Outcome::kHeld, parsed.identity.form_id, parsed.identity.form_id, {}};
}

std::vector<HeldForm> ReadHeld(sql::Connection& connection, const blobs::BlobStore& blobs,
                               const std::shared_ptr<const projects::Project>& project, int limit) {
  std::vector<HeldForm> held;
  std::vector<forms::PreparedXml> packed;
  {
    const auto rows = connection.Query(
        "SELECT id, form_id, request, attachments, xml_length, xml, xml_blob FROM held_forms "
        "WHERE project = $1 ORDER BY id LIMIT $2",
        {project->row, std::int64_t{limit}});
    while (rows->Next()) {
      HeldForm form;
      form.row = rows->Int(0);
      form.submission.project = project;
      form.submission.acknowledged_id = rows->String(1);
      ReadRequest(rows->Text(2), form.submission);
      form.submission.attachments = ReadAttachments(rows->Text(3));
      forms::PreparedXml xml;
      xml.length = rows->Int(4);
      xml.packed = std::string(rows->Blob(5));
      xml.blob.id = rows->String(6);
      packed.push_back(std::move(xml));
      held.push_back(std::move(form));
    }
  }
  for (std::size_t i = 0; i < held.size(); ++i) {
    held[i].submission.xml = forms::UnpackXml(connection, blobs, packed[i]);
  }
  return held;
}

void RemoveHeld(sql::Batch& batch, std::int64_t row) {
  batch.connection().Execute("DELETE FROM held_forms WHERE id = $1", {row});
}

std::int64_t CountHeld(sql::Connection& connection, std::int64_t project) {
  const auto rows =
      connection.Query("SELECT count(*) FROM held_forms WHERE project = $1", {project});
  return rows->Next() ? rows->Int(0) : 0;
}

}  // namespace outpost::intake
