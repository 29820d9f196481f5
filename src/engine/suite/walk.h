#pragma once

#include <functional>

#include "engine/suite/suite.h"

/// Every expression and every text of a part of a suite, in document order as far as the part keeps
/// it. Pure; cost: the size of the part.
namespace outpost::suite {

struct Visitor {
  std::function<void(const Xpath&)> xpath;  // also those in texts
  std::function<void(const Text&)> text;    // also those in texts, outer ones first
};

void Walk(const Text& text, const Visitor& visitor);
void Walk(const Menu& menu, const Visitor& visitor);
void Walk(const Entry& entry, const Visitor& visitor);
void Walk(const Detail& detail, const Visitor& visitor);  // with its tabs
void Walk(const Endpoint& endpoint, const Visitor& visitor);

}  // namespace outpost::suite
