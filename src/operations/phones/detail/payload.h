#pragma once

#include <set>
#include <string>
#include <string_view>

#include "format/xml/xml.h"
#include "operations/phones/restore_reader.h"

/// The parsers of a phone, one for each element it knows. Each throws Refusal at the first thing
/// that the phone does not take.
namespace outpost::phones::detail {

struct Refusal {
  std::string why;
  Position at;
};
[[noreturn]] void Refuse(const xml::Element& where, std::string why);

/// Text of an element without children. @throws Refusal when it has some
std::string TextOf(const xml::Element& element);
std::string TrimmedTextOf(const xml::Element& element);
/// An attribute that must be there and not empty.
std::string RequiredAttribute(const xml::Element& element, std::string_view name);
/// Names are compared without regard to case.
bool IsNamed(const xml::Element& element, std::string_view name);

/// One payload on its way into a copy of the store.
struct Payload {
  PhoneStore& store;
  const ReadOptions& options;
  RestoreOutcome& outcome;
  std::set<std::string> fixtures_read;                           // ids
  std::map<std::string, std::vector<std::string>> schemas_read;  // id -> indices
};

void ReadCase(const xml::Element& element, Payload& payload);
void ReadLedger(const xml::Element& element, Payload& payload);
void ReadRegistration(const xml::Element& element, Payload& payload);
void ReadSync(const xml::Element& element, Payload& payload);
void ReadSchema(const xml::Element& element, Payload& payload);
void ReadFixture(const xml::Element& element, Payload& payload);

}  // namespace outpost::phones::detail
