// Method: the request methods that a server may be asked for.
#ifndef ANNALS_SERVER_HTTP_METHOD_H_
#define ANNALS_SERVER_HTTP_METHOD_H_

#include <optional>

#include "absl/strings/string_view.h"

namespace annals::http {

enum class Method { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions };

// "GET". Lives for ever.
absl::string_view MethodName(Method method);

// Absent if it is none of them; methods are case-sensitive.
std::optional<Method> ParseMethod(absl::string_view name);

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_METHOD_H_
