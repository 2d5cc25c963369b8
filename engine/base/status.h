// What every layer does with a Status: pass it on, or say where it arose.
//
//   ANNALS_ASSIGN_OR_RETURN(const Position head, log.Head(timeline));
//   ANNALS_RETURN_IF_ERROR(Annotate(Check(event), "event 3"));
#ifndef ANNALS_ENGINE_BASE_STATUS_H_
#define ANNALS_ENGINE_BASE_STATUS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annals {

// The same code, with "WHERE: " before the message. OK stays OK.
absl::Status Annotate(const absl::Status& status, absl::string_view where);

}  // namespace annals

#define ANNALS_RETURN_IF_ERROR(expression)           \
  do {                                               \
    absl::Status annals_status_ = (expression);      \
    if (!annals_status_.ok()) return annals_status_; \
  } while (false)

#define ANNALS_CONCAT_INNER_(a, b) a##b
#define ANNALS_CONCAT_(a, b) ANNALS_CONCAT_INNER_(a, b)

#define ANNALS_ASSIGN_OR_RETURN(declaration, expression) \
  ANNALS_ASSIGN_OR_RETURN_(ANNALS_CONCAT_(annals_statusor_, __LINE__), declaration, expression)

#define ANNALS_ASSIGN_OR_RETURN_(statusor, declaration, expression) \
  auto statusor = (expression);                                     \
  if (!statusor.ok()) return std::move(statusor).status();          \
  declaration = std::move(statusor).value()

#endif  // ANNALS_ENGINE_BASE_STATUS_H_
