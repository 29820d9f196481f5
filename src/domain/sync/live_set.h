#pragma once

#include "domain/sync_log/case_graph.h"

/// Which cases belong on a phone (restore document 8.2). Pure.
///
/// In plain words: open cases the user owns, and everything those need: parents and hosts upwards,
/// open extensions downwards. An extension lives only while its chain of hosts is open. What the
/// phone would purge is not in the set, so that phone and server agree from the first sync.
namespace outpost::sync {

/// One flag for each case. Edges to missing cases do not count. The result is the same for the
/// whole project and for the part of it that network.h explores.
sync_log::NodeSet LiveSet(const sync_log::CaseGraph& graph);

}  // namespace outpost::sync
