#include "domain/sync/detail/restore_output.h"

#include <utility>

namespace outpost::sync::detail {
namespace {

constexpr int kGzipLevel = 1;

}  // namespace

RestoreOutput::RestoreOutput(std::filesystem::path folder, bool is_gzip, Shared shared,
                             bool shares_all)
    : spooled_(std::make_shared<SpooledBytes>(std::move(folder))),
      shared_(std::move(shared)),
      shares_all_(shares_all) {
  if (is_gzip) {
    gzip_.emplace(kGzipLevel, [this](std::string_view piece) { spooled_->Append(piece); });
  }
}

RestoreOutput::~RestoreOutput() {
  if (is_shared_ && spooled_ != nullptr) spooled_->End(false);
}

void RestoreOutput::PassOn() {
  bytes_ += static_cast<std::int64_t>(text_.size());
  if (gzip_) {
    gzip_->Write(text_);
  } else {
    spooled_->Append(text_);
  }
  text_.clear();
  if (!shared_ || (spooled_->in_memory() && !shares_all_)) return;
  spooled_->Share();
  is_shared_ = true;
  std::exchange(shared_, nullptr)(spooled_);
}

std::shared_ptr<SpooledBytes> RestoreOutput::Finish() {
  shared_ = nullptr;  // the whole is as good
  PassOn();
  if (gzip_) gzip_->Finish();
  if (is_shared_) spooled_->End(true);
  return std::move(spooled_);
}

}  // namespace outpost::sync::detail
