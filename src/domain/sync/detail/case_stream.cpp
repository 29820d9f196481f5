#include "domain/sync/detail/case_stream.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "base/text.h"
#include "format/xml/write.h"

namespace outpost::sync::detail {
namespace {

constexpr std::size_t kCasesPerBatch = 1'000;

std::vector<std::vector<sql::Param>> RowsOf(const Network& network,
                                            std::span<const CaseToSend> sends) {
  std::vector<std::vector<sql::Param>> rows;
  rows.reserve(sends.size());
  for (const auto& send : sends) rows.push_back({network.cases()[send.place].row});
  return rows;
}

bool HasAnyLedger(sql::Connection& connection) {
  return connection.Query("SELECT 1 FROM ledgers LIMIT 1")->Next();
}

struct Section {
  Instant newest;
  std::string entries;
};

/// Ledgers of one batch: by place in the batch, then by section.
std::vector<std::map<std::string, Section>> ReadLedgers(
    sql::Connection& connection, std::span<const std::vector<sql::Param>> rows) {
  std::vector<std::map<std::string, Section>> ledgers(rows.size());
  connection.QueryEach(
      "SELECT section_id, entry_id, balance, last_modified FROM ledgers WHERE case_row = $1 "
      "ORDER BY section_id, entry_id",
      rows, [&](std::size_t index, const sql::Rows& row) {
        Section& section = ledgers[index][row.String(0)];
        section.newest = std::max(section.newest, Instant{row.Int(3)});
        section.entries += "<entry";
        xml::AppendAttribute(section.entries, "id", row.Text(1));
        xml::AppendAttribute(section.entries, "quantity", std::to_string(row.Int(2)));
        section.entries += "/>";
      });
  return ledgers;
}

void AppendBalances(std::string& out, const std::string& case_id,
                    const std::map<std::string, Section>& sections) {
  for (const auto& [section_id, section] : sections) {
    out += "<balance xmlns=\"http://commcarehq.org/ledger/v1\"";
    xml::AppendAttribute(out, "entity-id", case_id);
    xml::AppendAttribute(out, "date", FormatT6(section.newest));
    xml::AppendAttribute(out, "section-id", section_id);
    out += '>';
    out += section.entries;
    out += "</balance>";
  }
}

void AppendStoredCase(std::string& out, const sql::Rows& row, const CaseStyle& style,
                      const CaseToSend& send, CaseWriter& writer) {
  const auto& c = style.network.cases()[send.place];
  CaseFields fields;
  fields.case_id = c.case_id;
  fields.owner_id = c.owner_id;
  fields.modified_by = c.modified_by;
  fields.type = row.Text(0);
  fields.name = row.Text(1);
  fields.external_id = row.Text(2);
  if (!row.IsNull(3)) fields.opened_on = Instant{row.Int(3)};
  fields.modified_on = {row.Int(row.IsNull(4) ? 5 : 4)};
  // A deleted case is closed on the phone: nothing else would take it off.
  fields.is_closed = c.is_closed || c.is_deleted;
  fields.properties = row.Text(6);
  fields.attachments = row.Text(7);
  std::string address;
  if (!style.attachments_at.empty() && !fields.attachments.empty()) {
    address = style.attachments_at + PercentEncode(c.case_id) + '/';
  }
  writer.Append(out, fields, send.indices, send.creates, address);
}

void WriteBatch(sql::Connection& connection, const CaseStyle& style,
                std::span<const CaseToSend> sends, bool has_ledgers, CaseWriter& writer,
                RestoreOutput& out) {
  const auto rows = RowsOf(style.network, sends);
  if (has_ledgers) {
    const auto ledgers = ReadLedgers(connection, rows);
    for (std::size_t i = 0; i < sends.size(); ++i) {
      AppendBalances(out.text(), style.network.cases()[sends[i].place].case_id, ledgers[i]);
    }
  }
  connection.QueryEach(
      "SELECT type, name, external_id, opened_on, modified_on, server_modified_on, properties, "
      "attachments FROM cases WHERE id = $1",
      rows, [&](std::size_t index, const sql::Rows& row) {
        AppendStoredCase(out.text(), row, style, sends[index], writer);
        out.Pour();
      });
}

}  // namespace

std::int64_t CountLedgerBlocks(sql::Connection& connection, const Network& network,
                               std::span<const CaseToSend> sends) {
  if (sends.empty() || !HasAnyLedger(connection)) return 0;
  std::int64_t blocks = 0;
  connection.QueryEach("SELECT COUNT(DISTINCT section_id) FROM ledgers WHERE case_row = $1",
                       RowsOf(network, sends),
                       [&](std::size_t, const sql::Rows& row) { blocks += row.Int(0); });
  return blocks;
}

void WriteCases(sql::Connection& connection, const CaseStyle& style,
                std::span<const CaseToSend> sends, RestoreOutput& out,
                const std::function<void(std::size_t cases)>& wrote) {
  if (sends.empty()) return;
  const bool has_ledgers = style.version == Version::kV2 && HasAnyLedger(connection);
  CaseWriter writer(style.version);
  for (std::size_t first = 0; first < sends.size(); first += kCasesPerBatch) {
    const auto batch = sends.subspan(first, std::min(kCasesPerBatch, sends.size() - first));
    WriteBatch(connection, style, batch, has_ledgers, writer, out);
    wrote(batch.size());
  }
}

}  // namespace outpost::sync::detail
