#include "bench/as_of/peers/sql.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace annals::bench {
namespace {

// " FROM claims WHERE …", for what comes before `valid`.
Statement Where(const std::string& select, const std::string& first,
                const std::vector<Column>& first_parameter, const ClaimStream::Options& options) {
  Statement statement = {
      .sql = absl::StrCat(select, " FROM claims WHERE ", first, "valid <= ? AND known <= ?"),
      .parameters = first_parameter};
  statement.parameters.push_back(Column::kValid);
  statement.parameters.push_back(Column::kKnown);
  if (options.corrections > 0) {
    statement.sql += " AND superseded > ?";
    statement.parameters.push_back(Column::kKnown);
  }
  return statement;
}

std::vector<Column> WithCorrections(std::vector<Column> columns,
                                    const ClaimStream::Options& options) {
  if (options.corrections > 0) columns.push_back(Column::kSuperseded);
  return columns;
}

}  // namespace

std::vector<Column> ColumnsFor(const ClaimStream::Options& options, const Measures& measures) {
  std::vector<Column> columns = {Column::kValid, Column::kKnown, Column::kGroup};
  if (measures.tally || measures.latest) columns.push_back(Column::kWeight);
  if (measures.set || measures.latest) columns.push_back(Column::kMember);
  if (measures.latest) columns.push_back(Column::kNumber);
  return WithCorrections(std::move(columns), options);
}

std::string NameOf(Column column) {
  switch (column) {
    case Column::kNumber:
      return "number";
    case Column::kGroup:
      return "grp";
    case Column::kMember:
      return "member";
    case Column::kWeight:
      return "weight";
    case Column::kValid:
      return "valid";
    case Column::kKnown:
      return "known";
    case Column::kSuperseded:
      return "superseded";
  }
  return "";
}

int64_t ValueOf(Column column, uint64_t number, const Claim& claim) {
  switch (column) {
    case Column::kNumber:
      return static_cast<int64_t>(number);
    case Column::kGroup:
      return claim.group;
    case Column::kMember:
      return static_cast<int64_t>(claim.member);
    case Column::kWeight:
      return claim.weight;
    case Column::kValid:
      return claim.valid.micros;
    case Column::kKnown:
      return claim.known.micros;
    case Column::kSuperseded:
      return claim.superseded.micros;
  }
  return 0;
}

std::vector<int64_t> Statement::Arguments(const Question& question) const {
  const Claim as_claim = {.group = question.group,
                          .member = question.member,
                          .valid = question.valid,
                          .known = question.known};
  std::vector<int64_t> arguments;
  arguments.reserve(parameters.size());
  for (const Column column : parameters) arguments.push_back(ValueOf(column, 0, as_claim));
  return arguments;
}

Statement SumStatement(const ClaimStream::Options& options) {
  return Where("SELECT CAST(coalesce(sum(weight), 0) AS bigint)", "grp = ? AND ", {Column::kGroup},
               options);
}

Statement SumsStatement(const ClaimStream::Options& options) {
  Statement statement = Where("SELECT grp, CAST(sum(weight) AS bigint)", "", {}, options);
  statement.sql += " GROUP BY grp";
  return statement;
}

Statement MembersStatement(const ClaimStream::Options& options) {
  return Where("SELECT count(DISTINCT member)", "grp = ? AND ", {Column::kGroup}, options);
}

Statement LatestStatement(const ClaimStream::Options& options) {
  Statement statement =
      Where("SELECT CAST(weight AS bigint)", "member = ? AND ", {Column::kMember}, options);
  statement.sql += " ORDER BY valid DESC, known DESC, number DESC LIMIT 1";
  return statement;
}

std::vector<Column> TallyIndex(const ClaimStream::Options& options) {
  return WithCorrections({Column::kGroup, Column::kValid, Column::kKnown, Column::kWeight},
                         options);
}

std::vector<Column> SetIndex(const ClaimStream::Options& options) {
  return WithCorrections({Column::kGroup, Column::kValid, Column::kKnown, Column::kMember},
                         options);
}

std::vector<Column> LatestIndex(const ClaimStream::Options& options) {
  return WithCorrections(
      {Column::kMember, Column::kValid, Column::kKnown, Column::kNumber, Column::kWeight}, options);
}

std::string ListOf(const std::vector<Column>& columns) {
  return absl::StrJoin(
      columns, ", ", [](std::string* out, Column column) { absl::StrAppend(out, NameOf(column)); });
}

}  // namespace annals::bench
