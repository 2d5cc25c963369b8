// Headers: the fields of a request or a response, in order.
#ifndef ANNALS_SERVER_HTTP_HEADERS_H_
#define ANNALS_SERVER_HTTP_HEADERS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annals::http {

struct Header {
  std::string name;
  std::string value;
};

// Names are compared without regard to case, and kept as they were given. A value
// type; lookups are linear, for there are few. Whoever writes them to a
// connection leaves out what isn't a field: see IsFieldName and IsFieldValue.
class Headers {
 public:
  void Add(absl::string_view name, absl::string_view value);

  // In place of all of that name.
  void Set(absl::string_view name, absl::string_view value);

  void Remove(absl::string_view name);

  // The first of that name. Valid until the headers change.
  std::optional<absl::string_view> Find(absl::string_view name) const;

  // All of that name, joined by ", ", as RFC 9110 says lists may be. Empty if
  // there is none.
  std::string Joined(absl::string_view name) const;

  size_t Count(absl::string_view name) const;

  // Adds `token` to a list such as Vary, unless it is there.
  void AddToList(absl::string_view name, absl::string_view token);

  const std::vector<Header>& all() const { return all_; }

 private:
  std::vector<Header> all_;
};

// A token by RFC 9110.
bool IsFieldName(absl::string_view name);

// No control characters but tabs: so no line ends, which would begin a field, or a
// response, of whoever could choose the value.
bool IsFieldValue(absl::string_view value);

}  // namespace annals::http

#endif  // ANNALS_SERVER_HTTP_HEADERS_H_
