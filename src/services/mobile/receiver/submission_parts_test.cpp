#include "services/mobile/receiver/submission_parts.h"

#include <gtest/gtest.h>

#include "domain/intake/submission.h"

namespace outpost::mobile {
namespace {

struct Part {
  std::string name;
  std::optional<std::string> filename;
  std::string type;
  std::string bytes;
};

http::Request RequestOf(const std::vector<Part>& parts) {
  std::string body;
  for (const auto& part : parts) {
    body += "--b\r\nContent-Disposition: form-data; name=\"" + part.name + '"';
    if (part.filename) body += "; filename=\"" + *part.filename + '"';
    body += "\r\n";
    if (!part.type.empty()) body += "Content-Type: " + part.type + "\r\n";
    body += "\r\n" + part.bytes + "\r\n";
  }
  http::Request request;
  request.headers.Add("Content-Type", "multipart/form-data; boundary=b");
  request.body = http::Body(body + "--b--\r\n");
  return request;
}

const Part kForm{"xml_submission_file", "form.xml", "text/xml", "<data/>"};
const Part kEmptyForm{"xml_submission_file", "form.xml", "text/xml", ""};
const Part kBadName{"xml_submission_file", "form.txt", "text/xml", "<data/>"};
const Part kPhoto{"1714550400000.jpg", "1714550400000.jpg", "image/jpeg", "bytes"};
const Part kProgram{"run.exe", "run.exe", "application/x-dosexec", "bytes"};
const Part kField{"note", std::nullopt, "", "hello"};

Part Sized(Part part, std::int64_t bytes) {
  part.bytes.assign(static_cast<std::size_t>(bytes), 'x');
  return part;
}

/// "taken", or the beginning of the refusal.
std::string Told(const http::Request& request) {
  const auto split = SplitSubmission(request);
  if (std::holds_alternative<SubmissionParts>(split)) return "taken";
  const auto& refusal = std::get<Refusal>(split);
  return std::to_string(refusal.status) + " " + refusal.text.substr(0, 22);
}

TEST(SubmissionParts, AreTheFormAndItsAttachmentsInAnyOrder) {
  const auto request = RequestOf({kPhoto, kForm});
  const auto split = SplitSubmission(request);
  const auto& parts = std::get<SubmissionParts>(split);
  EXPECT_EQ(parts.xml, "<data/>");
  ASSERT_EQ(parts.attachments.size(), 1u);
  EXPECT_EQ(parts.attachments[0].name, "1714550400000.jpg");
  EXPECT_EQ(request.body.Read(parts.attachments[0].offset, parts.attachments[0].length), "bytes");
}

TEST(SubmissionParts, AreCheckedInTheOrderThatClientsKnow) {
  const auto big = intake::kFormXmlBytesMax + 1;
  const std::string plain_field = "400 Received a submission ";
  const std::string not_xml = "422 If you use multipart/f";
  EXPECT_EQ(Told(RequestOf({kField, kProgram})), plain_field);
  EXPECT_EQ(Told(RequestOf({kProgram})), "400 If you use multipart/f");
  EXPECT_EQ(Told(RequestOf({Sized(kBadName, big)})), "413 Form exceeds 10MB size");
  EXPECT_EQ(Told(RequestOf({kBadName, kProgram})), not_xml);
  EXPECT_EQ(Told(RequestOf({Sized(kProgram, intake::kAttachmentBytesMax + 1), kForm})),
            "413 Attachment exceeds 15M");
  EXPECT_EQ(Told(RequestOf({kProgram, kEmptyForm})), not_xml) << "emptiness comes last";
  EXPECT_EQ(Told(RequestOf({kPhoto, kEmptyForm})), "400 If you use multipart/f");
  EXPECT_EQ(Told(RequestOf({kForm, kPhoto})), "taken");
}

TEST(SubmissionParts, OfAFormHaveANameThatEndsInXml) {
  for (const auto* name : {"FORM.XML", "form", "xml", "form.xml.enc", "form.xml "}) {
    EXPECT_TRUE(
        Told(RequestOf({{"xml_submission_file", name, "text/xml", "<data/>"}})).starts_with("422"))
        << name;
  }
  EXPECT_EQ(Told(RequestOf({{"xml_submission_file", ".xml", "", "<data/>"}})), "taken");
}

TEST(SubmissionParts, MayBeOfAKnownExtensionOrOfAKnownType) {
  for (const auto* extension :
       {"jpg", "jpeg", "png",  "pdf",  "3ga", "mp3",  "wav",  "amr",   "qcp",
        "ogg", "3gpp", "3gp",  "3gp2", "3g2", "mp4",  "mpg4", "mpeg4", "m4v",
        "mpg", "mpeg", "html", "rtf",  "txt", "docx", "xlsx", "msg",   "JPG"}) {
    const std::string name = std::string("a.b.") + extension;
    EXPECT_EQ(Told(RequestOf({kForm, {name, name, "strange/type", "x"}})), "taken") << extension;
  }
  for (const auto* type : {"audio/x", "image/x", "video/x", "IMAGE/PNG", "application/pdf",
                           "application/octet-stream"}) {
    EXPECT_EQ(Told(RequestOf({kForm, {"a", "a", type, "x"}})), "taken") << type;
  }
  for (const auto& [name, type] :
       {std::pair("a.exe", "application/zip"), std::pair("jpg", ""), std::pair("a.jpg.enc", ""),
        std::pair("submission.xml.enc", ""), std::pair("a", "text/plain")}) {
    EXPECT_TRUE(Told(RequestOf({kForm, {name, name, type, "x"}})).starts_with("422")) << name;
  }
}

TEST(SubmissionParts, OnlyABodyThatMayHaveBeenCutIsWorthSendingAgain) {
  auto cut = RequestOf({kForm});
  cut.body = http::Body("--b\r\nContent-Disposition: form-data; name=\"xml_subm");
  EXPECT_FALSE(std::get<Refusal>(SplitSubmission(cut)).is_hopeless);
  EXPECT_TRUE(std::get<Refusal>(SplitSubmission(RequestOf({kEmptyForm}))).is_hopeless);
  EXPECT_TRUE(std::get<Refusal>(SplitSubmission(RequestOf({kPhoto}))).is_hopeless);
}

}  // namespace
}  // namespace outpost::mobile
