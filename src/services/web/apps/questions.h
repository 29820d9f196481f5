#pragma once

#include <string>
#include <string_view>
#include <vector>

/// What a form asks, as the app structure API tells it (web document 2.4).
namespace outpost::web {

struct QuestionOption {
  std::string label, value;
};

struct FormQuestion {
  std::string label;
  std::string tag;            // "input", "select1", …; "hidden" for a value that is never shown
  std::string value;          // path: "/data/visit/weight"
  std::string type;           // "Text", "Int", "Select", "DataBindOnly", …
  std::string repeat, group;  // paths of what it is in; "" for none
  std::vector<QuestionOption> options;
};

struct FormOutline {
  std::vector<FormQuestion> questions;       // in the order of the screen, hidden ones last
  std::vector<std::string> case_properties;  // that its case blocks write, sorted
};

/// Labels are in `language`, or in the form's default one where it has none of it.
/// @throws Problem kMalformed when the form is no XML
FormOutline ReadFormOutline(std::string_view xml, std::string_view language);

}  // namespace outpost::web
