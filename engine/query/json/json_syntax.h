// The check that a text is one JSON value, before anything is made of it.
#ifndef ANNALS_ENGINE_QUERY_JSON_JSON_SYNTAX_H_
#define ANNALS_ENGINE_QUERY_JSON_JSON_SYNTAX_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace annals {

// Objects and arrays within one another.
inline constexpr int kMaxJsonDepth = 100;

// Exactly RFC 8259, with two things that it leaves to the reader: a name may
// stand only once in an object, and nesting has a limit. protobuf's own reader
// is laxer (single quotes, bare names, trailing commas, the last of two equal
// names wins), so a slip could change what an event says unnoticed.
// INVALID_ARGUMENT says what is wrong at which line and column, which counts
// bytes from 1.
absl::Status CheckJsonSyntax(absl::string_view json);

}  // namespace annals

#endif  // ANNALS_ENGINE_QUERY_JSON_JSON_SYNTAX_H_
