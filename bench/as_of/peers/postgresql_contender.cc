#include "bench/as_of/peers/postgresql_contender.h"

#include <postgresql/libpq-fe.h>

#include <map>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "bench/as_of/peers/sql.h"
#include "engine/base/status.h"

namespace annals::bench {
namespace {

constexpr size_t kCopyBytes = 256 << 10;

struct FreeResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, FreeResult>;

struct CloseConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};

// "?" becomes "$1", "$2" and so on.
std::string Numbered(const std::string& sql) {
  std::string numbered;
  int number = 0;
  for (const char c : sql) {
    if (c == '?') {
      absl::StrAppend(&numbered, "$", ++number);
    } else {
      numbered.push_back(c);
    }
  }
  return numbered;
}

std::string TypeOf(Column column) {
  return column == Column::kGroup || column == Column::kMember || column == Column::kWeight
             ? "integer"
             : "bigint";
}

int64_t Number(const PGresult* result, int row, int column) {
  int64_t value = 0;
  (void)absl::SimpleAtoi(PQgetvalue(result, row, column), &value);
  return value;
}

class PostgresqlContender final : public Contender {
 public:
  explicit PostgresqlContender(std::string connection) : where_(std::move(connection)) {}

  absl::StatusOr<std::string> Version() override {
    // "15.18 (Debian 15.18-0+deb12u1)".
    const std::vector<std::string> words =
        absl::StrSplit(PQparameterStatus(connection_.get(), "server_version"), ' ');
    return absl::StrCat("PostgreSQL ", words[0]);
  }

  absl::Status Load(const ClaimStream& claims, const Measures& measures) override {
    groups_ = claims.options().groups;
    connection_.reset(PQconnectdb(where_.c_str()));
    if (PQstatus(connection_.get()) != CONNECTION_OK) return Failure("connecting");
    const std::vector<Column> columns = ColumnsFor(claims.options(), measures);
    ANNALS_RETURN_IF_ERROR(Run("SET client_min_messages = warning"));
    ANNALS_RETURN_IF_ERROR(Run("DROP TABLE IF EXISTS claims"));
    std::string definition;
    for (const Column column : columns) {
      absl::StrAppend(&definition, definition.empty() ? "" : ", ", NameOf(column), " ",
                      TypeOf(column), " NOT NULL");
    }
    // In one transaction with its table, COPY needs no write-ahead log.
    ANNALS_RETURN_IF_ERROR(Run("BEGIN"));
    ANNALS_RETURN_IF_ERROR(Run(absl::StrCat("CREATE TABLE claims (", definition, ")")));
    ANNALS_RETURN_IF_ERROR(Copy(claims, columns));
    ANNALS_RETURN_IF_ERROR(Run("COMMIT"));
    ANNALS_RETURN_IF_ERROR(Index(claims.options(), measures));
    ANNALS_RETURN_IF_ERROR(Run("VACUUM (FREEZE, ANALYZE) claims"));
    return Run("CHECKPOINT");
  }

  absl::StatusOr<uint64_t> StoredBytes() override {
    const Result result(PQexec(connection_.get(), "SELECT pg_total_relation_size('claims')"));
    if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) return Failure("asking for the size");
    return static_cast<uint64_t>(Number(result.get(), 0, 0));
  }

  absl::StatusOr<int64_t> Sum(const Question& question) override { return One("sum", question); }

  absl::StatusOr<std::vector<int64_t>> Sums(const Question& question) override {
    ANNALS_ASSIGN_OR_RETURN(const Result result, Execute("sums", question));
    std::vector<int64_t> sums(groups_);
    for (int row = 0; row < PQntuples(result.get()); ++row) {
      sums.at(Number(result.get(), row, 0)) = Number(result.get(), row, 1);
    }
    return sums;
  }

  absl::StatusOr<int64_t> CountMembers(const Question& question) override {
    return One("members", question);
  }

  absl::StatusOr<int64_t> Latest(const Question& question) override {
    return One("latest", question);
  }

 private:
  absl::Status Failure(absl::string_view what) const {
    return absl::UnavailableError(absl::StrCat(
        "PostgreSQL, ", what, ": ", absl::string_view(PQerrorMessage(connection_.get()))));
  }

  absl::Status Run(const std::string& sql) {
    const Result result(PQexec(connection_.get(), sql.c_str()));
    return PQresultStatus(result.get()) == PGRES_COMMAND_OK ? absl::OkStatus() : Failure(sql);
  }

  absl::Status Copy(const ClaimStream& claims, const std::vector<Column>& columns) {
    const Result begun(PQexec(connection_.get(), "COPY claims FROM STDIN WITH (FREEZE)"));
    if (PQresultStatus(begun.get()) != PGRES_COPY_IN) return Failure("COPY");
    std::string rows;
    for (uint64_t number = 1; number <= claims.options().size; ++number) {
      const Claim claim = claims.At(number);
      for (const Column column : columns) {
        absl::StrAppend(&rows, ValueOf(column, number, claim),
                        column == columns.back() ? "\n" : "\t");
      }
      if (rows.size() < kCopyBytes && number < claims.options().size) continue;
      if (PQputCopyData(connection_.get(), rows.data(), static_cast<int>(rows.size())) != 1) {
        return Failure("COPY");
      }
      rows.clear();
    }
    if (PQputCopyEnd(connection_.get(), nullptr) != 1) return Failure("COPY");
    const Result copied(PQgetResult(connection_.get()));
    if (PQresultStatus(copied.get()) != PGRES_COMMAND_OK) return Failure("COPY");
    const Result nothing(PQgetResult(connection_.get()));
    return absl::OkStatus();
  }

  // Every column is in the index: no question looks at the table.
  absl::Status Index(const ClaimStream::Options& options, const Measures& measures) {
    if (measures.tally) {
      ANNALS_RETURN_IF_ERROR(CreateIndex(TallyIndex(options)));
      ANNALS_RETURN_IF_ERROR(Prepare("sum", SumStatement(options)));
      ANNALS_RETURN_IF_ERROR(Prepare("sums", SumsStatement(options)));
    }
    if (measures.set) {
      ANNALS_RETURN_IF_ERROR(CreateIndex(SetIndex(options)));
      ANNALS_RETURN_IF_ERROR(Prepare("members", MembersStatement(options)));
    }
    if (measures.latest) {
      ANNALS_RETURN_IF_ERROR(CreateIndex(LatestIndex(options)));
      ANNALS_RETURN_IF_ERROR(Prepare("latest", LatestStatement(options)));
    }
    return absl::OkStatus();
  }

  absl::Status CreateIndex(const std::vector<Column>& columns) {
    return Run(absl::StrCat("CREATE INDEX ON claims (", ListOf(columns), ")"));
  }

  absl::Status Prepare(const std::string& name, Statement statement) {
    const std::string sql = Numbered(statement.sql);
    const Result result(PQprepare(connection_.get(), name.c_str(), sql.c_str(),
                                  static_cast<int>(statement.parameters.size()), nullptr));
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) return Failure(sql);
    statements_[name] = std::move(statement);
    return absl::OkStatus();
  }

  absl::StatusOr<Result> Execute(const std::string& name, const Question& question) {
    std::vector<std::string> texts;
    std::vector<const char*> values;
    for (const int64_t argument : statements_.at(name).Arguments(question)) {
      texts.push_back(absl::StrCat(argument));
    }
    for (const std::string& text : texts) values.push_back(text.c_str());
    Result result(PQexecPrepared(connection_.get(), name.c_str(), static_cast<int>(values.size()),
                                 values.data(), nullptr, nullptr, 0));
    if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) return Failure(name);
    return result;
  }

  absl::StatusOr<int64_t> One(const std::string& name, const Question& question) {
    ANNALS_ASSIGN_OR_RETURN(const Result result, Execute(name, question));
    return PQntuples(result.get()) == 0 ? 0 : Number(result.get(), 0, 0);
  }

  const std::string where_;
  std::unique_ptr<PGconn, CloseConnection> connection_;
  std::map<std::string, Statement> statements_;
  uint32_t groups_ = 0;
};

}  // namespace

std::unique_ptr<Contender> NewPostgresqlContender(std::string connection) {
  return std::make_unique<PostgresqlContender>(std::move(connection));
}

}  // namespace annals::bench
