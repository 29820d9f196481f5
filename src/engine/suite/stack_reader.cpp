#include "engine/suite/detail/readers.h"
#include "engine/suite/detail/text_reader.h"

namespace outpost::suite {
namespace {

using Step = StackStep::Kind;

/// A computed value, else the text of the element.
void TakeValue(const Node& node, StackStep& step) {
  step.value = node.FindXpath("value");
  if (!step.value) step.literal = node.TrimmedText();
}

void TakeQuery(const Node& node, StackStep& step) {
  step.id = node.RequireNonEmpty("id");
  step.url = node.RequireNonEmpty("value");
  for (const Node& child : node.Children()) {
    if (child.Is("data")) step.data.push_back(ReadQueryData(child));
  }
}

void TakeJump(const Node& node, StackStep& step) {
  step.id = node.Get("id");
  const auto url = node.Child("url");
  if (!url) node.Refuse("needs a <url>");
  step.jump_url = ReadChildText(*url);
}

StackStep ReadStep(const Node& node) {
  StackStep step;
  step.place = node.place();
  if (node.Is("command")) {
    TakeValue(node, step);
  } else if (node.Is("datum") || node.Is("instance-datum")) {
    step.kind = node.Is("datum") ? Step::kDatum : Step::kInstanceDatum;
    step.id = node.RequireNonEmpty("id");
    TakeValue(node, step);
  } else if (node.Is("query")) {
    step.kind = Step::kQuery;
    TakeQuery(node, step);
  } else if (node.Is("mark")) {
    step.kind = Step::kMark;
  } else if (node.Is("rewind")) {
    step.kind = Step::kRewind;
    step.value = node.FindXpath("value");
  } else if (node.Is("jump")) {
    step.kind = Step::kJump;
    TakeJump(node, step);
  } else {
    node.Refuse("is no step of a stack operation");
  }
  return step;
}

StackOperation ReadOperation(const Node& node) {
  StackOperation operation;
  operation.place = node.place();
  operation.condition = node.FindXpath("if");
  if (node.Is("push")) {
    operation.kind = StackOperation::Kind::kPush;
  } else if (node.Is("clear")) {
    operation.kind = StackOperation::Kind::kClear;
  } else if (!node.Is("create")) {
    node.Refuse("is no stack operation");
  }
  const auto children = node.Children();
  if (operation.kind == StackOperation::Kind::kClear && !children.empty()) {
    node.Refuse("must be empty");
  }
  for (const Node& child : children) operation.steps.push_back(ReadStep(child));
  return operation;
}

EndpointArgument ReadArgument(const Node& node) {
  EndpointArgument argument{node.RequireNonEmpty("id"), node.Get("instance-id"),
                            node.Get("instance-src")};
  if (!argument.instance_id.empty() && argument.instance_src.empty()) {
    node.Refuse("needs the attribute instance-src beside instance-id");
  }
  constexpr std::string_view kSelected = "jr://instance/selected-entities";
  if (!argument.instance_src.empty() && argument.instance_src != kSelected) {
    node.Refuse("has another instance-src than jr://instance/selected-entities");
  }
  return argument;
}

}  // namespace

std::vector<StackOperation> ReadStack(const Node& stack) {
  std::vector<StackOperation> operations;
  for (const Node& child : stack.Children()) operations.push_back(ReadOperation(child));
  return operations;
}

Endpoint ReadEndpoint(const Node& node) {
  Endpoint endpoint;
  endpoint.id = node.RequireNonEmpty("id");
  endpoint.respects_relevancy = node.Get("respect-relevancy") != "false";
  endpoint.place = node.place();
  for (const Node& child : node.Children()) {
    if (child.Is("argument")) endpoint.arguments.push_back(ReadArgument(child));
    if (child.Is("stack")) endpoint.stack = ReadStack(child);
  }
  return endpoint;
}

}  // namespace outpost::suite
