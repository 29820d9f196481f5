#pragma once

#include <vector>

#include "engine/suite/detail/node.h"
#include "engine/suite/suite.h"

/// One reader for each family of elements. All throw Problem kMalformed with position.
namespace outpost::suite {

Menu ReadMenu(const Node& menu);          // menu_reader.cpp
Instance ReadInstance(const Node& node);  // menu_reader.cpp
std::vector<Assertion> ReadAssertions(const Node& assertions);

Entry ReadEntry(const Node& entry);  // entry_reader.cpp: <entry>, <view>, <remote-request>
Post ReadPost(const Node& post);

Datum ReadDatum(const Node& datum);  // datum_reader.cpp
QueryData ReadQueryData(const Node& data);

Query ReadQuery(const Node& query);  // query_reader.cpp
Prompt ReadPrompt(const Node& prompt);
PromptGroup ReadPromptGroup(const Node& group);

std::vector<StackOperation> ReadStack(const Node& stack);  // stack_reader.cpp
Endpoint ReadEndpoint(const Node& endpoint);

Detail ReadDetail(const Node& detail);  // detail_reader.cpp
Field ReadField(const Node& field);     // field_reader.cpp
Graph ReadGraph(const Node& graph);     // graph_reader.cpp
Lookup ReadLookup(const Node& lookup);  // lookup_reader.cpp
Action ReadAction(const Node& action);  // lookup_reader.cpp

Fixture ReadFixture(const Node& fixture);  // fixture_reader.cpp

}  // namespace outpost::suite
