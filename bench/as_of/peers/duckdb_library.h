// DuckdbLibrary: the few functions of DuckDB's C interface that the benchmark
// calls, found in a shared library at run time.
#ifndef ANNALS_BENCH_AS_OF_PEERS_DUCKDB_LIBRARY_H_
#define ANNALS_BENCH_AS_OF_PEERS_DUCKDB_LIBRARY_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace annals::bench {

// DuckDB comes as a package of npm, which holds the library but no header. These
// are the declarations of its C interface, which is kept stable; the benchmark
// asks for version 1.5. Immutable; unloaded when the process ends.
struct DuckdbLibrary {
  using Handle = void*;
  using State = int;  // 0: success.

  // Owned by the caller, freed by destroy_result. Passed by value to fetch_chunk.
  struct Result {
    uint64_t reserved[5];
    void* internal;
  };

  const char* (*library_version)();
  State (*open)(const char* path, Handle* database);
  void (*close)(Handle* database);
  State (*connect)(Handle database, Handle* connection);
  void (*disconnect)(Handle* connection);
  State (*query)(Handle connection, const char* sql, Result* result);
  const char* (*result_error)(Result* result);
  void (*destroy_result)(Result* result);
  Handle (*fetch_chunk)(Result result);

  State (*prepare)(Handle connection, const char* sql, Handle* statement);
  const char* (*prepare_error)(Handle statement);
  void (*destroy_prepare)(Handle* statement);
  State (*bind_int64)(Handle statement, uint64_t index, int64_t value);
  State (*execute_prepared)(Handle statement, Result* result);

  State (*appender_create)(Handle connection, const char* schema, const char* table,
                           Handle* appender);
  const char* (*appender_error)(Handle appender);
  State (*append_data_chunk)(Handle appender, Handle chunk);
  State (*appender_destroy)(Handle* appender);

  Handle (*create_logical_type)(int type);
  void (*destroy_logical_type)(Handle* type);
  Handle (*create_data_chunk)(Handle* types, uint64_t columns);
  void (*destroy_data_chunk)(Handle* chunk);
  void (*data_chunk_reset)(Handle chunk);
  void (*data_chunk_set_size)(Handle chunk, uint64_t rows);
  uint64_t (*data_chunk_get_size)(Handle chunk);
  Handle (*data_chunk_get_vector)(Handle chunk, uint64_t column);
  void* (*vector_get_data)(Handle vector);
  uint64_t (*vector_size)();

  // FAILED_PRECONDITION if there is no such library, or it lacks a function.
  static absl::StatusOr<std::shared_ptr<const DuckdbLibrary>> Load(const std::string& path);
};

}  // namespace annals::bench

#endif  // ANNALS_BENCH_AS_OF_PEERS_DUCKDB_LIBRARY_H_
