#include "bench/as_of/peers/duckdb_contender.h"

#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/as_of/peers/duckdb_library.h"
#include "bench/as_of/peers/sql.h"
#include "engine/base/status.h"

namespace annals::bench {
namespace {

using Handle = DuckdbLibrary::Handle;

constexpr int kInteger = 4;  // DUCKDB_TYPE_INTEGER and
constexpr int kBigint = 5;   // DUCKDB_TYPE_BIGINT.

bool IsNarrow(Column column) {
  return column == Column::kGroup || column == Column::kMember || column == Column::kWeight;
}

class DuckdbContender final : public Contender {
 public:
  DuckdbContender(std::string library, DuckdbOrder order)
      : path_(std::move(library)), order_(order) {}

  ~DuckdbContender() override {
    if (duckdb_ == nullptr) return;
    for (auto& [name, asked] : statements_) duckdb_->destroy_prepare(&asked.prepared);
    if (connection_ != nullptr) duckdb_->disconnect(&connection_);
    if (database_ != nullptr) duckdb_->close(&database_);
  }

  absl::StatusOr<std::string> Version() override {
    absl::string_view version = duckdb_->library_version();
    if (!version.empty() && version[0] == 'v') version.remove_prefix(1);
    return absl::StrCat("DuckDB ", version, order_ == DuckdbOrder::kSorted ? ", sorted" : "");
  }

  absl::Status Load(const ClaimStream& claims, const Measures& measures) override {
    groups_ = claims.options().groups;
    ANNALS_ASSIGN_OR_RETURN(duckdb_, DuckdbLibrary::Load(path_));
    if (duckdb_->open(nullptr, &database_) != 0 || duckdb_->connect(database_, &connection_) != 0) {
      return absl::UnavailableError("DuckDB doesn't open a database in memory");
    }
    ANNALS_RETURN_IF_ERROR(Run("SET threads = 2"));
    const std::vector<Column> columns = ColumnsFor(claims.options(), measures);
    std::string definition;
    for (const Column column : columns) {
      absl::StrAppend(&definition, definition.empty() ? "" : ", ", NameOf(column),
                      IsNarrow(column) ? " INTEGER" : " BIGINT", " NOT NULL");
    }
    ANNALS_RETURN_IF_ERROR(Run(absl::StrCat("CREATE TABLE claims (", definition, ")")));
    ANNALS_RETURN_IF_ERROR(Append(claims, columns));
    if (order_ == DuckdbOrder::kSorted) ANNALS_RETURN_IF_ERROR(Sort(measures));
    return PrepareAll(claims.options(), measures);
  }

  absl::StatusOr<int64_t> Sum(const Question& question) override { return One("sum", question); }

  absl::StatusOr<std::vector<int64_t>> Sums(const Question& question) override {
    std::vector<int64_t> sums(groups_);
    ANNALS_RETURN_IF_ERROR(Execute("sums", question, [&](Handle chunk, uint64_t rows) {
      const auto* const groups = static_cast<const int32_t*>(Data(chunk, 0));
      const auto* const values = static_cast<const int64_t*>(Data(chunk, 1));
      for (uint64_t row = 0; row < rows; ++row) sums.at(groups[row]) = values[row];
    }));
    return sums;
  }

  absl::StatusOr<int64_t> CountMembers(const Question& question) override {
    return One("members", question);
  }

  absl::StatusOr<int64_t> Latest(const Question& question) override {
    return One("latest", question);
  }

 private:
  struct Asked {
    Statement statement;
    Handle prepared = nullptr;
  };

  void* Data(Handle chunk, uint64_t column) const {
    return duckdb_->vector_get_data(duckdb_->data_chunk_get_vector(chunk, column));
  }

  static absl::Status Failure(absl::string_view what, const char* why) {
    return absl::UnavailableError(
        absl::StrCat("DuckDB, ", what, ": ", absl::string_view(why == nullptr ? "" : why)));
  }

  absl::Status Run(const std::string& sql) {
    DuckdbLibrary::Result result = {};
    absl::Status status;
    if (duckdb_->query(connection_, sql.c_str(), &result) != 0) {
      status = Failure(sql, duckdb_->result_error(&result));
    }
    duckdb_->destroy_result(&result);
    return status;
  }

  absl::Status Append(const ClaimStream& claims, const std::vector<Column>& columns) {
    Handle appender = nullptr;
    if (duckdb_->appender_create(connection_, nullptr, "claims", &appender) != 0) {
      return Failure("appending", duckdb_->appender_error(appender));
    }
    std::vector<Handle> types;
    for (const Column column : columns) {
      types.push_back(duckdb_->create_logical_type(IsNarrow(column) ? kInteger : kBigint));
    }
    Handle chunk = duckdb_->create_data_chunk(types.data(), types.size());
    for (Handle& type : types) duckdb_->destroy_logical_type(&type);
    absl::Status status = AppendChunks(claims, columns, chunk, appender);
    duckdb_->destroy_data_chunk(&chunk);
    if (duckdb_->appender_destroy(&appender) != 0 && status.ok()) {
      status = Failure("appending", "the last rows were refused");
    }
    return status;
  }

  absl::Status AppendChunks(const ClaimStream& claims, const std::vector<Column>& columns,
                            Handle chunk, Handle appender) {
    const uint64_t size = claims.options().size;
    const uint64_t capacity = duckdb_->vector_size();
    for (uint64_t first = 1; first <= size; first += capacity) {
      const uint64_t rows = std::min(capacity, size - first + 1);
      duckdb_->data_chunk_reset(chunk);
      std::vector<void*> data;
      for (size_t i = 0; i < columns.size(); ++i) data.push_back(Data(chunk, i));
      for (uint64_t row = 0; row < rows; ++row) {
        const Claim claim = claims.At(first + row);
        for (size_t i = 0; i < columns.size(); ++i) {
          const int64_t value = ValueOf(columns[i], first + row, claim);
          if (IsNarrow(columns[i])) {
            static_cast<int32_t*>(data[i])[row] = static_cast<int32_t>(value);
          } else {
            static_cast<int64_t*>(data[i])[row] = value;
          }
        }
      }
      duckdb_->data_chunk_set_size(chunk, rows);
      if (duckdb_->append_data_chunk(appender, chunk) != 0) {
        return Failure("appending", duckdb_->appender_error(appender));
      }
    }
    return absl::OkStatus();
  }

  absl::Status Sort(const Measures& measures) {
    const std::string order = measures.tally || measures.set ? "grp, valid" : "member, valid";
    ANNALS_RETURN_IF_ERROR(
        Run(absl::StrCat("CREATE TABLE sorted AS SELECT * FROM claims ORDER BY ", order)));
    ANNALS_RETURN_IF_ERROR(Run("DROP TABLE claims"));
    return Run("ALTER TABLE sorted RENAME TO claims");
  }

  absl::Status PrepareAll(const ClaimStream::Options& options, const Measures& measures) {
    if (measures.tally) {
      ANNALS_RETURN_IF_ERROR(Prepare("sum", SumStatement(options)));
      ANNALS_RETURN_IF_ERROR(Prepare("sums", SumsStatement(options)));
    }
    if (measures.set) ANNALS_RETURN_IF_ERROR(Prepare("members", MembersStatement(options)));
    if (measures.latest) ANNALS_RETURN_IF_ERROR(Prepare("latest", LatestStatement(options)));
    return absl::OkStatus();
  }

  absl::Status Prepare(const std::string& name, Statement statement) {
    Handle prepared = nullptr;
    const auto state = duckdb_->prepare(connection_, statement.sql.c_str(), &prepared);
    const absl::Status status =
        state == 0 ? absl::OkStatus() : Failure(statement.sql, duckdb_->prepare_error(prepared));
    statements_[name] = {std::move(statement), prepared};
    return status;
  }

  template <typename Visit>
  absl::Status Execute(const std::string& name, const Question& question, Visit visit) {
    const Asked& asked = statements_.at(name);
    const std::vector<int64_t> arguments = asked.statement.Arguments(question);
    for (size_t i = 0; i < arguments.size(); ++i) {
      if (duckdb_->bind_int64(asked.prepared, i + 1, arguments[i]) != 0) {
        return Failure(name, "a parameter was refused");
      }
    }
    DuckdbLibrary::Result result = {};
    absl::Status status;
    if (duckdb_->execute_prepared(asked.prepared, &result) != 0) {
      status = Failure(name, duckdb_->result_error(&result));
    } else {
      while (Handle chunk = duckdb_->fetch_chunk(result)) {
        visit(chunk, duckdb_->data_chunk_get_size(chunk));
        duckdb_->destroy_data_chunk(&chunk);
      }
    }
    duckdb_->destroy_result(&result);
    return status;
  }

  absl::StatusOr<int64_t> One(const std::string& name, const Question& question) {
    int64_t value = 0;
    ANNALS_RETURN_IF_ERROR(Execute(name, question, [&](Handle chunk, uint64_t rows) {
      if (rows > 0) value = *static_cast<const int64_t*>(Data(chunk, 0));
    }));
    return value;
  }

  const std::string path_;
  const DuckdbOrder order_;
  std::shared_ptr<const DuckdbLibrary> duckdb_;
  Handle database_ = nullptr;
  Handle connection_ = nullptr;
  std::map<std::string, Asked> statements_;
  uint32_t groups_ = 0;
};

}  // namespace

std::unique_ptr<Contender> NewDuckdbContender(std::string library, DuckdbOrder order) {
  return std::make_unique<DuckdbContender>(std::move(library), order);
}

}  // namespace annals::bench
