#include "domain/people/marks.h"

namespace outpost::people {

std::int64_t ReadMark(sql::Connection& connection, std::int64_t project, std::string_view name) {
  const auto rows = connection.Query(
      "SELECT seq FROM project_marks WHERE project = $1 AND name = $2", {project, name});
  return rows->Next() ? rows->Int(0) : 0;
}

void MoveMark(sql::Batch& batch, std::int64_t project, std::string_view name, std::int64_t seq) {
  batch.connection().Execute(
      "INSERT INTO project_marks (project, name, seq) VALUES ($1, $2, $3)"
      " ON CONFLICT (project, name) DO UPDATE SET seq = excluded.seq",
      {project, name, seq});
}

sql::Stamp NextMarked(sql::Batch& batch, std::int64_t project, std::string_view name) {
  const auto stamp = batch.Next();
  MoveMark(batch, project, name, stamp.seq);
  return stamp;
}

}  // namespace outpost::people
