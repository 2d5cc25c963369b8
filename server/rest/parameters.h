// Parameters: a request's query, by name and strictly.
#ifndef ANNALS_SERVER_REST_PARAMETERS_H_
#define ANNALS_SERVER_REST_PARAMETERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/annals/v1/service.pb.h"
#include "server/http/request.h"

namespace annals::rest {

// A mistyped parameter must not be passed over: the answer would be one to another
// question. Holds no copy: the request must outlive it. Thread-safe.
class Parameters {
 public:
  // INVALID_ARGUMENT for a parameter that is none of `known`, naming the near ones,
  // and for one that comes twice but isn't in `repeated`.
  static absl::StatusOr<Parameters> Read(const http::Request& request,
                                         const std::vector<std::string>& known,
                                         const std::vector<std::string>& repeated = {});

  // Absent if it isn't there.
  std::optional<std::string> Text(absl::string_view name) const;
  // The same; "" if it isn't there.
  std::string TextOr(absl::string_view name) const { return Text(name).value_or(""); }
  // Every one of that name, in order.
  std::vector<std::string> Texts(absl::string_view name) const;
  // INVALID_ARGUMENT unless it is digits alone, and at most `limit`.
  absl::StatusOr<std::optional<uint64_t>> Number(absl::string_view name,
                                                 uint64_t limit = UINT64_MAX) const;

  // The coordinates as a request states them: those of `valid`, `known` and
  // `position`, or of other names, that are there.
  struct CoordinateNames {
    std::string valid = "valid";
    std::string known = "known";
    std::string position = "position";
  };
  absl::Status ReadQuestion(const CoordinateNames& names, v1::AsOfQuestion* question) const;
  // Whether both dates are there, and not "now"; and the position too.
  bool AreDated(const CoordinateNames& names) const;
  bool ArePinned(const CoordinateNames& names) const;

 private:
  explicit Parameters(const http::Request* request) : request_(request) {}

  const http::Request* request_;
};

}  // namespace annals::rest

#endif  // ANNALS_SERVER_REST_PARAMETERS_H_
