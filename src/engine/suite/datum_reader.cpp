#include "engine/suite/detail/readers.h"

namespace outpost::suite {
namespace {

void TakeEntity(const Node& node, Datum& datum) {
  datum.nodeset = node.RequirePath("nodeset");
  datum.value = node.RequirePath("value");
  datum.detail_select = node.Get("detail-select");
  datum.detail_confirm = node.Get("detail-confirm");
  datum.detail_inline = node.Get("detail-inline");
  datum.detail_persistent = node.Get("detail-persistent");
  datum.is_auto_selected = node.IsTrue("autoselect");
}

Datum ReadPlain(const Node& node, Datum datum) {
  datum.id = node.RequireNonEmpty("id");
  if (node.Find("function")) {
    datum.function = node.RequireXpath("function");
    return datum;
  }
  if (!node.Find("nodeset")) node.Refuse("needs a function or a nodeset");
  datum.kind = Datum::Kind::kEntity;
  TakeEntity(node, datum);
  return datum;
}

}  // namespace

Datum ReadDatum(const Node& node) {
  Datum datum;
  datum.place = node.place();
  if (node.Is("form")) {
    datum.kind = Datum::Kind::kFormId;
    datum.function = node.RequireXpath("function");
  } else if (node.Is("query")) {
    datum.kind = Datum::Kind::kQuery;
    datum.query = ReadQuery(node);
    datum.id = datum.query->storage_instance;
  } else if (node.Is("instance-datum")) {
    datum.kind = Datum::Kind::kMultiEntity;
    datum.id = node.RequireNonEmpty("id");
    datum.selected_max = node.IntegerOr("max-select-value", kSelectedEntitiesMax);
    TakeEntity(node, datum);
  } else {
    return ReadPlain(node, std::move(datum));
  }
  return datum;
}

QueryData ReadQueryData(const Node& node) {
  return {node.RequireNonEmpty("key"), node.RequireXpath("ref"), node.FindXpath("exclude"),
          node.FindPath("nodeset"), node.place()};
}

}  // namespace outpost::suite
