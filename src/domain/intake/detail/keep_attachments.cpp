#include "domain/intake/detail/keep_attachments.h"

namespace outpost::intake {

std::vector<forms::Attachment> KeepAttachments(sql::Batch& batch, const Submission& submission,
                                               const blobs::BlobStore& blobs) {
  std::vector<forms::Attachment> kept;
  kept.reserve(submission.attachments.size());
  for (const auto& attachment : submission.attachments) {
    blobs.Keep(batch, attachment.blob);
    kept.push_back(
        {attachment.name, attachment.content_type, attachment.blob.length, attachment.blob.id});
  }
  return kept;
}

}  // namespace outpost::intake
