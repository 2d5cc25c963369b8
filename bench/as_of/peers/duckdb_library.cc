#include "bench/as_of/peers/duckdb_library.h"

#include <dlfcn.h>

#include "absl/strings/str_cat.h"

namespace annals::bench {
namespace {

absl::Status Missing(const std::string& what) {
  const char* const why = dlerror();
  return absl::FailedPreconditionError(
      absl::StrCat("DuckDB: ", what, " isn't there: ", absl::string_view(why == nullptr ? "" : why),
                   ". tools/bench installs it"));
}

}  // namespace

absl::StatusOr<std::shared_ptr<const DuckdbLibrary>> DuckdbLibrary::Load(const std::string& path) {
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return Missing(absl::StrCat("the library ", path));
  auto duckdb = std::make_shared<DuckdbLibrary>();
  std::string missing;
  const auto find = [&](const std::string& name, auto* function) {
    void* const found = dlsym(library, name.c_str());
    if (found == nullptr) missing = name;
    *function = reinterpret_cast<std::remove_pointer_t<decltype(function)>>(found);
  };
  find("duckdb_library_version", &duckdb->library_version);
  find("duckdb_open", &duckdb->open);
  find("duckdb_close", &duckdb->close);
  find("duckdb_connect", &duckdb->connect);
  find("duckdb_disconnect", &duckdb->disconnect);
  find("duckdb_query", &duckdb->query);
  find("duckdb_result_error", &duckdb->result_error);
  find("duckdb_destroy_result", &duckdb->destroy_result);
  find("duckdb_fetch_chunk", &duckdb->fetch_chunk);
  find("duckdb_prepare", &duckdb->prepare);
  find("duckdb_prepare_error", &duckdb->prepare_error);
  find("duckdb_destroy_prepare", &duckdb->destroy_prepare);
  find("duckdb_bind_int64", &duckdb->bind_int64);
  find("duckdb_execute_prepared", &duckdb->execute_prepared);
  find("duckdb_appender_create", &duckdb->appender_create);
  find("duckdb_appender_error", &duckdb->appender_error);
  find("duckdb_append_data_chunk", &duckdb->append_data_chunk);
  find("duckdb_appender_destroy", &duckdb->appender_destroy);
  find("duckdb_create_logical_type", &duckdb->create_logical_type);
  find("duckdb_destroy_logical_type", &duckdb->destroy_logical_type);
  find("duckdb_create_data_chunk", &duckdb->create_data_chunk);
  find("duckdb_destroy_data_chunk", &duckdb->destroy_data_chunk);
  find("duckdb_data_chunk_reset", &duckdb->data_chunk_reset);
  find("duckdb_data_chunk_set_size", &duckdb->data_chunk_set_size);
  find("duckdb_data_chunk_get_size", &duckdb->data_chunk_get_size);
  find("duckdb_data_chunk_get_vector", &duckdb->data_chunk_get_vector);
  find("duckdb_vector_get_data", &duckdb->vector_get_data);
  find("duckdb_vector_size", &duckdb->vector_size);
  if (!missing.empty()) return Missing(absl::StrCat(missing, " in ", path));
  return std::shared_ptr<const DuckdbLibrary>(duckdb);
}

}  // namespace annals::bench
