#include "server/http/cors.h"

#include <algorithm>

#include "absl/strings/string_view.h"

namespace annals::http {

void ApplyCors(const Request& request, const CorsOptions& options, Response* response) {
  if (options.allowed_origins.empty()) return;
  Headers& headers = response->headers;
  headers.AddToList("Vary", "Origin");
  const std::optional<absl::string_view> origin = request.headers.Find("Origin");
  if (!origin.has_value()) return;
  const bool allowed =
      std::any_of(options.allowed_origins.begin(), options.allowed_origins.end(),
                  [origin](const std::string& known) { return known == "*" || known == *origin; });
  if (!allowed) return;
  headers.Set("Access-Control-Allow-Origin", *origin);
  headers.Set("Access-Control-Expose-Headers",
              "Annals-Root-Hash, ETag, Link, Location, Retry-After, X-Request-Id");
  const bool preflight = request.method == Method::kOptions &&
                         request.headers.Find("Access-Control-Request-Method").has_value();
  if (!preflight || response->status != 204) return;
  headers.Set("Access-Control-Allow-Methods", headers.Joined("Allow"));
  headers.Set("Access-Control-Allow-Headers",
              "Accept, Authorization, Content-Type, If-None-Match, Last-Event-ID, X-Request-Id");
  headers.Set("Access-Control-Max-Age", "600");
}

}  // namespace annals::http
