#include "bench/as_of/peers/sqlite_contender.h"

#include <sqlite3.h>

#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/as_of/peers/sql.h"
#include "engine/base/status.h"

namespace annals::bench {
namespace {

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Prepared = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

class SqliteContender final : public Contender {
 public:
  explicit SqliteContender(std::string path) : path_(std::move(path)) {}

  absl::StatusOr<std::string> Version() override {
    return absl::StrCat("SQLite ", absl::string_view(sqlite3_libversion()));
  }

  absl::Status Load(const ClaimStream& claims, const Measures& measures) override {
    groups_ = claims.options().groups;
    sqlite3* opened = nullptr;
    const int status = sqlite3_open(path_.c_str(), &opened);
    database_.reset(opened);
    if (status != SQLITE_OK) return Failure("opening");
    for (const char* const pragma :
         {"page_size = 8192", "journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE",
          "cache_size = -1048576", "mmap_size = 17179869184", "temp_store = MEMORY",
          "threads = 2"}) {
      ANNALS_RETURN_IF_ERROR(Run(absl::StrCat("PRAGMA ", pragma)));
    }
    const std::vector<Column> columns = ColumnsFor(claims.options(), measures);
    ANNALS_RETURN_IF_ERROR(Run(absl::StrCat("CREATE TABLE claims (", ListOf(columns), ")")));
    ANNALS_RETURN_IF_ERROR(Insert(claims, columns));
    ANNALS_RETURN_IF_ERROR(Index(claims.options(), measures));
    return Run("ANALYZE");
  }

  absl::StatusOr<uint64_t> StoredBytes() override { return std::filesystem::file_size(path_); }

  absl::StatusOr<int64_t> Sum(const Question& question) override { return One("sum", question); }

  absl::StatusOr<std::vector<int64_t>> Sums(const Question& question) override {
    sqlite3_stmt* const statement = Bind("sums", question);
    std::vector<int64_t> sums(groups_);
    int status;
    while ((status = sqlite3_step(statement)) == SQLITE_ROW) {
      sums.at(sqlite3_column_int64(statement, 0)) = sqlite3_column_int64(statement, 1);
    }
    if (status != SQLITE_DONE) return Failure("sums");
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
    return absl::UnavailableError(
        absl::StrCat("SQLite, ", what, ": ", absl::string_view(sqlite3_errmsg(database_.get()))));
  }

  absl::Status Run(const std::string& sql) {
    const int status = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
    return status == SQLITE_OK ? absl::OkStatus() : Failure(sql);
  }

  absl::StatusOr<Prepared> Compile(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(database_.get(), sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement,
                           nullptr) != SQLITE_OK) {
      return Failure(sql);
    }
    return Prepared(statement);
  }

  absl::Status Insert(const ClaimStream& claims, const std::vector<Column>& columns) {
    std::string marks = "?";
    for (size_t i = 1; i < columns.size(); ++i) marks += ", ?";
    ANNALS_RETURN_IF_ERROR(Run("BEGIN"));
    ANNALS_ASSIGN_OR_RETURN(const Prepared insert,
                            Compile(absl::StrCat("INSERT INTO claims VALUES (", marks, ")")));
    for (uint64_t number = 1; number <= claims.options().size; ++number) {
      const Claim claim = claims.At(number);
      for (size_t i = 0; i < columns.size(); ++i) {
        sqlite3_bind_int64(insert.get(), static_cast<int>(i) + 1,
                           ValueOf(columns[i], number, claim));
      }
      if (sqlite3_step(insert.get()) != SQLITE_DONE) return Failure("INSERT");
      sqlite3_reset(insert.get());
    }
    return Run("COMMIT");
  }

  absl::Status Index(const ClaimStream::Options& options, const Measures& measures) {
    if (measures.tally) {
      ANNALS_RETURN_IF_ERROR(CreateIndex("tally", TallyIndex(options)));
      ANNALS_RETURN_IF_ERROR(Prepare("sum", SumStatement(options)));
      ANNALS_RETURN_IF_ERROR(Prepare("sums", SumsStatement(options)));
    }
    if (measures.set) {
      ANNALS_RETURN_IF_ERROR(CreateIndex("members", SetIndex(options)));
      ANNALS_RETURN_IF_ERROR(Prepare("members", MembersStatement(options)));
    }
    if (measures.latest) {
      ANNALS_RETURN_IF_ERROR(CreateIndex("latest", LatestIndex(options)));
      ANNALS_RETURN_IF_ERROR(Prepare("latest", LatestStatement(options)));
    }
    return absl::OkStatus();
  }

  absl::Status CreateIndex(const std::string& name, const std::vector<Column>& columns) {
    return Run(absl::StrCat("CREATE INDEX by_", name, " ON claims (", ListOf(columns), ")"));
  }

  struct Asked {
    Statement statement;
    Prepared prepared;
  };

  absl::Status Prepare(const std::string& name, Statement statement) {
    ANNALS_ASSIGN_OR_RETURN(Prepared prepared, Compile(statement.sql));
    statements_[name] = {std::move(statement), std::move(prepared)};
    return absl::OkStatus();
  }

  sqlite3_stmt* Bind(const std::string& name, const Question& question) {
    const Asked& asked = statements_.at(name);
    sqlite3_reset(asked.prepared.get());
    const std::vector<int64_t> arguments = asked.statement.Arguments(question);
    for (size_t i = 0; i < arguments.size(); ++i) {
      sqlite3_bind_int64(asked.prepared.get(), static_cast<int>(i) + 1, arguments[i]);
    }
    return asked.prepared.get();
  }

  absl::StatusOr<int64_t> One(const std::string& name, const Question& question) {
    sqlite3_stmt* const statement = Bind(name, question);
    const int status = sqlite3_step(statement);
    if (status == SQLITE_DONE) return 0;
    if (status != SQLITE_ROW) return Failure(name);
    return sqlite3_column_int64(statement, 0);
  }

  const std::string path_;
  std::unique_ptr<sqlite3, CloseDatabase> database_;
  std::map<std::string, Asked> statements_;
  uint32_t groups_ = 0;
};

}  // namespace

std::unique_ptr<Contender> NewSqliteContender(std::string path) {
  return std::make_unique<SqliteContender>(std::move(path));
}

}  // namespace annals::bench
