#include "base/text.h"
#include "engine/suite/detail/readers.h"
#include "engine/suite/detail/text_reader.h"

namespace outpost::suite {
namespace {

void TakeSession(const Node& session, Entry& entry) {
  for (const Node& child : session.Children()) {
    const bool is_datum =
        child.Is("datum") || child.Is("instance-datum") || child.Is("form") || child.Is("query");
    if (is_datum) entry.datums.push_back(ReadDatum(child));
  }
}

void TakeCommand(const Node& command, Entry& entry) {
  entry.command_id = command.RequireNonEmpty("id");
  auto label = FindLabel(command);
  if (!label) command.Refuse("must have a <text> or <display>: <entry> needs a label");
  entry.display = std::move(*label);
}

void TakeChild(const Node& child, Entry& entry) {
  const auto name = ToLower(child.name());
  if (name == "instance") entry.instances.push_back(ReadInstance(child));
  if (name == "form") {
    if (entry.tag == "view") child.Refuse("is not allowed in <view>");
    entry.form = child.TrimmedText();
  }
  if (name == "command") TakeCommand(child, entry);
  if (name == "session") TakeSession(child, entry);
  if (name == "assertions") entry.assertions = ReadAssertions(child);
  if (name == "stack") entry.stack = ReadStack(child);
  if (name == "post") entry.post = ReadPost(child);
  if (name == "entity" || name == "details") {
    child.Refuse("is of CaseXML 1.0, which no client reads any more");
  }
}

Entry::Kind KindOf(const Entry& entry) {
  if (entry.tag == "remote-request") return Entry::Kind::kRemoteRequest;
  if (entry.tag == "view") return Entry::Kind::kView;
  return entry.form.empty() && entry.stack.empty() ? Entry::Kind::kView : Entry::Kind::kForm;
}

}  // namespace

Entry ReadEntry(const Node& node) {
  Entry entry;
  entry.tag = ToLower(node.name());
  entry.place = node.place();
  for (const Node& child : node.Children()) TakeChild(child, entry);
  if (entry.command_id.empty()) node.Refuse("needs a <command>");
  if (entry.tag == "remote-request" && !entry.post) node.Refuse("needs a <post>");
  entry.kind = KindOf(entry);
  return entry;
}

Post ReadPost(const Node& node) {
  Post post;
  post.url = node.RequireNonEmpty("url");
  post.relevant = node.FindXpath("relevant");
  post.place = node.place();
  for (const Node& child : node.Children()) {
    if (child.Is("data")) post.data.push_back(ReadQueryData(child));
  }
  return post;
}

}  // namespace outpost::suite
