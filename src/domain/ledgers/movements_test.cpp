#include <gtest/gtest.h>

#include "domain/ledgers/ledger.h"

namespace outpost::ledgers {
namespace {

constexpr std::string_view kHead = "<data xmlns='http://example.org/f'>";

std::string Ledger(std::string_view name, std::string_view attributes, std::string_view entries) {
  std::string xml = "<";
  xml.append(name).append(" xmlns='http://commcarehq.org/ledger/v1' ").append(attributes);
  return xml.append(">").append(entries).append("</").append(name).append(">");
}

FoundMovements Found(std::string_view inside) {
  return FindMovements(xml::Document::Parse(std::string(kHead) + std::string(inside) + "</data>"));
}

FoundMovements Balance(std::string_view entries) {
  return Found(Ledger("balance", "entity-id='c' section-id='stock' date='2024-01-02'", entries));
}

std::string ErrorOf(const FoundMovements& found) {
  return found.error ? found.error->Told() : "none";
}

TEST(LedgerBlocks, OfABalanceNameTheCaseTheSectionAndTheEntry) {
  const auto found = Balance("<entry id='p' quantity='10'/>");
  ASSERT_EQ(found.movements.size(), 1u);
  const auto& movement = found.movements[0];
  EXPECT_EQ(movement.kind, Kind::kBalance);
  EXPECT_EQ(movement.key, (Key{"c", "stock", "p"}));
  EXPECT_EQ(movement.quantity, 10);
  EXPECT_EQ(FormatT6(movement.date.value()), "2024-01-02T00:00:00.000000Z");
}

TEST(LedgerBlocks, WithoutASectionTakeItFromEachValue) {
  const auto found = Found(Ledger("balance", "entity-id='c'",
                                  "<entry id='p'><value section-id='stock' quantity='10'/><other/>"
                                  "<value section-id='losses' quantity='1'/></entry>"));
  ASSERT_EQ(found.movements.size(), 2u);
  EXPECT_EQ(found.movements[0].key.section_id, "stock");
  EXPECT_EQ(found.movements[1].key.section_id, "losses");
  EXPECT_FALSE(found.movements[0].date);
}

TEST(LedgerBlocks, OfATransferTakeFromTheSourceAndGiveToTheDestination) {
  const auto found = Found(Ledger("transfer", "src='a' dest='b' section-id='s' type='loss'",
                                  "<entry id='p' quantity='4'/>"));
  ASSERT_EQ(found.movements.size(), 2u);
  EXPECT_EQ(found.movements[0].key.case_id, "a");
  EXPECT_EQ(found.movements[0].quantity, -4);
  EXPECT_EQ(found.movements[1].key.case_id, "b");
  EXPECT_EQ(found.movements[1].quantity, 4);
  EXPECT_EQ(found.movements[1].user_type, "loss");
}

TEST(LedgerBlocks, KeepNoTypeThatIsBuiltInAndCutLongOnes) {
  const auto type = [](std::string_view given) {
    return Found(Ledger("transfer", "dest='b' section-id='s' type='" + std::string(given) + "'",
                        "<entry id='p' quantity='4'/>"))
        .movements.at(0)
        .user_type;
  };
  EXPECT_EQ(type("receipts"), "");
  EXPECT_EQ(type("exactly twenty chars"), "exactly twenty chars");
  EXPECT_EQ(type("exactly twenty chars+"), "exactly twenty chars");
}

TEST(LedgerBlocks, AreFoundInDocumentOrderAtAnyDepthButNotBelowEachOther) {
  const auto inner =
      Ledger("balance", "entity-id='x' section-id='s'", "<entry id='p' quantity='9'/>");
  const auto found = Found(
      "<g><h>" + Ledger("balance", "entity-id='a' section-id='s'", "<entry id='p' quantity='1'/>") +
      "</h></g>" + Ledger("balance", "entity-id='b' section-id='s'", inner) +
      "<balance entity-id='c' section-id='s'><entry id='p' quantity='1'/></balance>");
  ASSERT_EQ(found.movements.size(), 1u);
  EXPECT_EQ(found.movements[0].key.case_id, "a");
}

struct QuantityCase {
  std::string text;
  std::optional<std::int64_t> quantity;  // empty: the line is skipped
};

TEST(LedgerQuantities, AreDecimalTextsCutToWholeNumbers) {
  const QuantityCase cases[] = {
      {"10", 10},   {" 10 ", 10},  {"+3", 3},   {"-3", -3},   {"7.9", 7},
      {"-7.9", -7}, {"1e3", 1000}, {"0.4", 0},  {"", {}},     {"many", {}},
      {"1,5", {}},  {"nan", {}},   {"inf", {}}, {"0x10", {}}, {"12 boxes", {}},
  };
  for (const auto& c : cases) {
    const auto found = Balance("<entry id='p' quantity='" + c.text + "'/>");
    EXPECT_EQ(found.movements.empty(), !c.quantity) << c.text;
    if (c.quantity && !found.movements.empty()) {
      EXPECT_EQ(found.movements[0].quantity, *c.quantity) << c.text;
    }
    EXPECT_EQ(ErrorOf(found), "none") << c.text;
  }
}

TEST(LedgerErrors, AreTheTextsThatSupportStaffKnow) {
  EXPECT_EQ(ErrorOf(Balance("<entry quantity='1'/>")),
            "MissingProductId: Product IDs must be set for all ledger updates!");
  EXPECT_EQ(ErrorOf(Balance("<entry quantity='none'/>")), "none");
  EXPECT_EQ(ErrorOf(Found(Ledger("transfer", "section-id='s'", "<entry id='p' quantity='1'/>"))),
            "IllegalCaseId: Can't specify a transaction block with no src or dest case");
  EXPECT_EQ(ErrorOf(Found(Ledger("transfer", "src='a' dest='' section-id='s'", ""))),
            "IllegalCaseId: case_id must not be empty");
  EXPECT_EQ(ErrorOf(Found(Ledger("balance", "entity-id='' section-id='s'", ""))),
            "IllegalCaseId: case_id must not be empty");
  EXPECT_EQ(ErrorOf(Found(Ledger("balance", "entity-id='c' date='today'", ""))),
            "InvalidDate: 'today'");
}

TEST(LedgerLimits, AreTakenAndRefusedOneAbove) {
  const auto entry = [](std::size_t length) {
    return Balance("<entry id='" + std::string(length, 'p') + "' quantity='1'/>");
  };
  EXPECT_EQ(ErrorOf(entry(kIdCharactersMax)), "none");
  EXPECT_EQ(
      ErrorOf(entry(kIdCharactersMax + 1)),
      "CaseValueError: Error processing ledger: Field: entry_id, Error: Value exceeds allowed "
      "length: 100");
  const auto quantity = [](const std::string& text) {
    return ErrorOf(Balance("<entry id='p' quantity='" + text + "'/>"));
  };
  EXPECT_EQ(quantity(std::to_string(kQuantityMax)), "none");
  EXPECT_EQ(quantity("-" + std::to_string(kQuantityMax)), "none");
  EXPECT_NE(quantity(std::to_string(kQuantityMax + 1)), "none");
  EXPECT_NE(quantity("1e300"), "none");
  EXPECT_NE(quantity("99999999999999999999999"), "none");
  EXPECT_NE(quantity("-9223372036854775808"), "none");
}

TEST(LedgerBlocks, OfADeviceReportDoNotCount) {
  const auto report = xml::Document::Parse(
      "<device_report xmlns='http://code.javarosa.org/devicereport'>" +
      Ledger("balance", "entity-id='a' section-id='s'", "<entry id='p' quantity='1'/>") +
      "</device_report>");
  EXPECT_TRUE(FindMovements(report).movements.empty());
}

}  // namespace
}  // namespace outpost::ledgers
