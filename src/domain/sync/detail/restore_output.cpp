#include "domain/sync/detail/restore_output.h"

#include <utility>

namespace outpost::sync::detail {
namespace {

constexpr int kGzipLevel = 1;

}  // namespace

RestoreOutput::RestoreOutput(std::filesystem::path folder, bool is_gzip)
    : spooled_(std::make_shared<SpooledBytes>(std::move(folder))) {
  if (is_gzip) {
    gzip_.emplace(kGzipLevel, [this](std::string_view piece) { spooled_->Append(piece); });
  }
}

void RestoreOutput::PassOn() {
  bytes_ += static_cast<std::int64_t>(text_.size());
  if (gzip_) {
    gzip_->Write(text_);
  } else {
    spooled_->Append(text_);
  }
  text_.clear();
}

std::shared_ptr<SpooledBytes> RestoreOutput::Finish() {
  PassOn();
  if (gzip_) gzip_->Finish();
  return std::move(spooled_);
}

}  // namespace outpost::sync::detail
