#pragma once

#include <filesystem>

#include "store/objects/signature.h"

namespace outpost::backup::detail {

/// Of the file, as AWS's tools write it (aws_access_key_id, aws_secret_access_key, and
/// aws_session_token below [default]); without a file of the environment (AWS_ACCESS_KEY_ID,
/// AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN).
/// @throws Problem kForbidden when there are none, kInternal when others can read the file
objects::Credentials LoadS3Credentials(const std::filesystem::path& file);

}  // namespace outpost::backup::detail
