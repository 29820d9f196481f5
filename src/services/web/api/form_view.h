#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/forms/form_record.h"
#include "domain/projects/projects.h"
#include "store/blobs/blobs.h"
#include "store/sql/database.h"

/// A form as API clients see it (web document 2.1).
namespace outpost::web {

/// Where forms and cases are read from.
struct DocumentStores {
  sql::Connection& connection;
  const sql::Database& database;
  const blobs::BlobStore& blobs;
};

struct Reach;

struct FormViewOptions {
  bool with_cases = false;       // cases__full: adds the cases that the form touched
  const Reach* reach = nullptr;  // of these, those that the caller sees; null: all
};

/// The API object.
std::string RenderForm(const DocumentStores& stores, const projects::Project& project,
                       const forms::FormRecord& form, const FormViewOptions& options);

/// Only normal and archived forms that are not deleted exist for API clients.
bool IsVisible(const forms::FormRecord& form);
std::optional<forms::FormRecord> FindVisibleForm(const DocumentStores& stores, std::int64_t project,
                                                 std::string_view form_id);

inline constexpr std::string_view kFormXmlName = "form.xml";

}  // namespace outpost::web
