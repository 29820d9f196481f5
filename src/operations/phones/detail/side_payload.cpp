#include <algorithm>

#include "base/instant.h"
#include "base/text.h"
#include "operations/phones/detail/payload.h"

/// Everything of a restore but its cases.
namespace outpost::phones::detail {
namespace {

using xml::Element;

/// A child that must be the next one.
Element Next(const Element& parent, std::optional<Element>& child, std::string_view name) {
  if (!child || !IsNamed(*child, name)) {
    Refuse(child.value_or(parent), std::string(name) + " is missing or not in its place");
  }
  const auto found = *child;
  child = child->next_sibling();
  return found;
}

/// ^[a-zA-Z0-9,@_.-]+$
bool IsIndexName(std::string_view text) {
  constexpr std::string_view kMarks = ",@_.-";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

std::int64_t QuantityOf(const Element& element) {
  const auto text = RequiredAttribute(element, "quantity");
  const auto quantity = ParseInt(text);
  if (!quantity) Refuse(element, "the quantity " + text + " is no whole number");
  return *quantity;
}

void ReadUserData(const Element& block, Payload& payload) {
  for (auto data = block.first_child(); data; data = data->next_sibling()) {
    if (!IsNamed(*data, "data")) Refuse(*data, "user_data holds " + std::string(data->name()));
    const auto key = data->attribute("key");
    if (!key) Refuse(*data, "user data without a key");
    payload.store.user_data[std::string(*key)] = TextOf(*data);
  }
}

void CollectGroups(const Element& root, std::vector<std::string>& ids) {
  for (auto group = root.first_child(); group; group = group->next_sibling()) {
    if (group->name() == "group") ids.push_back(RequiredAttribute(*group, "id"));
  }
}

std::size_t CountChildren(const Element& element) {
  std::size_t count = 0;
  for (auto child = element.first_child(); child; child = child->next_sibling()) ++count;
  return count;
}

}  // namespace

void ReadLedger(const Element& element, Payload& payload) {
  if (!IsNamed(element, "balance")) {
    Refuse(element, "a restore holds no ledger block " + std::string(element.name()));
  }
  const auto case_id = RequiredAttribute(element, "entity-id");
  if (!ParseDateOrDateTime(RequiredAttribute(element, "date"))) {
    Refuse(element, "the date of a balance is no date");
  }
  const auto section = element.attribute("section-id");
  auto& ledgers = payload.store.ledgers;
  for (auto entry = element.first_child(); entry; entry = entry->next_sibling()) {
    if (!IsNamed(*entry, "entry")) Refuse(*entry, "a balance holds " + std::string(entry->name()));
    const auto id = RequiredAttribute(*entry, "id");
    if (section) {
      ledgers[{case_id, std::string(*section), id}] = QuantityOf(*entry);
      continue;
    }
    // The older shape names the section with each value.
    for (auto value = entry->first_child(); value; value = value->next_sibling()) {
      ledgers[{case_id, RequiredAttribute(*value, "section-id"), id}] = QuantityOf(*value);
    }
  }
}

void ReadRegistration(const Element& element, Payload& payload) {
  auto child = element.first_child();
  const auto username = TextOf(Next(element, child, "username"));
  TextOf(Next(element, child, "password"));
  const auto uuid = TextOf(Next(element, child, "uuid"));
  const auto date = Next(element, child, "date");
  if (!ParseDate(TextOf(date))) Refuse(date, "the date of the registration is no date");
  if (uuid.empty()) Refuse(element, "the registration has no user id");
  payload.store.username = username;
  payload.store.user_id = uuid;
  while (child) {
    if (IsNamed(*child, "user_data")) {
      ReadUserData(*child, payload);
      if (const auto after = child->next_sibling()) Refuse(*after, "user_data is not the last");
    } else if (!IsNamed(*child, "registering_phone_id") && !IsNamed(*child, "token")) {
      Refuse(*child, "a registration holds " + std::string(child->name()));
    }
    child = child->next_sibling();
  }
}

void ReadSync(const Element& element, Payload& payload) {
  auto child = element.first_child();
  const auto token = TextOf(Next(element, child, "restore_id"));
  if (token.empty()) Refuse(element, "restore_id is empty");
  payload.outcome.token = token;
}

void ReadSchema(const Element& element, Payload& payload) {
  const auto id = element.attribute("id");
  if (!id) Refuse(element, "a schema has no id");
  if (payload.fixtures_read.contains(std::string(*id))) {
    Refuse(element, "the schema of " + std::string(*id) + " comes after its fixture");
  }
  auto child = element.first_child();
  const auto indices = Next(element, child, "indices");
  std::vector<std::string> names;
  for (auto index = indices.first_child(); index; index = index->next_sibling()) {
    auto name = TextOf(*index);
    if (!IsIndexName(name)) Refuse(*index, "\"" + name + "\" is no name of an index");
    names.push_back(std::move(name));
  }
  payload.schemas_read[std::string(*id)] = std::move(names);
}

void ReadFixture(const Element& element, Payload& payload) {
  const auto id = element.attribute("id");
  if (!id) Refuse(element, "a fixture has no id");
  payload.fixtures_read.emplace(*id);
  payload.outcome.fixtures.emplace_back(*id);
  const auto root = element.first_child();
  if (!root) return;  // neither stores nor clears anything
  if (const auto second = root->next_sibling()) Refuse(*second, "a fixture has two roots");
  Fixture fixture;
  fixture.root = root->name();
  fixture.rows = CountChildren(*root);
  fixture.is_indexed = element.attribute("indexed") == "true";
  const auto schema = payload.schemas_read.find(std::string(*id));
  if (schema != payload.schemas_read.end()) fixture.indices = schema->second;
  if (*id == kUserGroups) CollectGroups(*root, fixture.group_ids);
  const auto user = element.attribute("user_id").value_or("");
  payload.store.fixtures[{std::string(*id), std::string(user)}] = std::move(fixture);
}

}  // namespace outpost::phones::detail
