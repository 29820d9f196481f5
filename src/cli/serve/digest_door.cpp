#include "cli/serve/digest_door.h"

#include <array>
#include <string>

#include "crypto/digests.h"
#include "format/json/writer.h"
#include "store/sql/snapshot.h"

namespace outpost::cli {
namespace {

struct Content {
  const char* sql;
  int columns;
};

constexpr std::array kContents = {
    Content{"SELECT id, form_id, state, received_on, server_modified_on, indexed_on, xml_length, "
            "request FROM forms ORDER BY id",
            8},
    Content{"SELECT id, case_id, owner_id, type, indexed_on, modified_on, is_closed, properties "
            "FROM cases ORDER BY id",
            8},
    Content{"SELECT case_row, seq, form_row, type, server_date FROM case_transactions ORDER BY "
            "case_row, seq",
            5},
    Content{"SELECT form, name, length, blob FROM form_attachments ORDER BY form, name", 4},
    Content{"SELECT seq, at, row_id, document_id, type, is_deletion FROM changes ORDER BY seq", 6},
};

std::string DigestOf(sql::Connection& connection) {
  std::string all;
  std::string digest;
  for (const auto& content : kContents) {
    const auto rows = connection.Query(content.sql);
    while (rows->Next()) {
      for (int column = 0; column < content.columns; ++column) {
        all += rows->Text(column);
        all += '\x1f';
      }
      constexpr std::size_t kPieceBytes = 1 << 20;
      if (all.size() < kPieceBytes) continue;
      digest = crypto::Sha256Hex(digest + all);
      all.clear();
    }
    digest = crypto::Sha256Hex(digest + all);
    all.clear();
  }
  return digest;
}

}  // namespace

void AddDigestDoor(http::Router& router, sql::Database& database) {
  router.Add(http::Method::kPost, "/admin/test.digest", {"admin/test"},
             [&database](http::Request&) {
               const auto reader = database.Read();
               const sql::Snapshot snapshot(*reader);
               std::string text;
               json::Writer out(text);
               out.BeginObject();
               {
                 const auto rows = reader->Query("SELECT seq FROM position");
                 out.Member("seq", rows->Next() ? rows->Int(0) : 0);
               }
               out.Member("digest", DigestOf(*reader));
               out.EndObject();
               return http::Response::Json(200, text);
             });
}

}  // namespace outpost::cli
