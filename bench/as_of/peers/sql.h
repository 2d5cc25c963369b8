// The questions in SQL, as all relational peers take them.
#ifndef ANNALS_BENCH_AS_OF_PEERS_SQL_H_
#define ANNALS_BENCH_AS_OF_PEERS_SQL_H_

#include <string>
#include <vector>

#include "bench/as_of/contender.h"

namespace annals::bench {

// The columns that the questions need, and no others: a narrow table is a
// peer's best.
enum class Column { kNumber, kGroup, kMember, kWeight, kValid, kKnown, kSuperseded };

std::vector<Column> ColumnsFor(const ClaimStream::Options& options, const Measures& measures);
std::string NameOf(Column column);
int64_t ValueOf(Column column, uint64_t number, const Claim& claim);

// A statement, and which of a question's fields its parameters are, in order.
// "?" stands for each of them.
struct Statement {
  std::string sql;
  std::vector<Column> parameters;

  std::vector<int64_t> Arguments(const Question& question) const;
};

// The claims of the question's group, member or all groups.
Statement SumStatement(const ClaimStream::Options& options);      // One number.
Statement SumsStatement(const ClaimStream::Options& options);     // (group, sum).
Statement MembersStatement(const ClaimStream::Options& options);  // One number.
Statement LatestStatement(const ClaimStream::Options& options);   // At most one number.

// What an index of its own for each measure covers, the sought columns first.
std::vector<Column> TallyIndex(const ClaimStream::Options& options);
std::vector<Column> SetIndex(const ClaimStream::Options& options);
std::vector<Column> LatestIndex(const ClaimStream::Options& options);

// "grp, valid, known".
std::string ListOf(const std::vector<Column>& columns);

}  // namespace annals::bench

#endif  // ANNALS_BENCH_AS_OF_PEERS_SQL_H_
