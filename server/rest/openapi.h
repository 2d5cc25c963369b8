// /openapi.json: what can be asked under /v1, for programs that read OpenAPI 3.1.
#ifndef ANNALS_SERVER_REST_OPENAPI_H_
#define ANNALS_SERVER_REST_OPENAPI_H_

#include "absl/strings/string_view.h"
#include "server/http/router.h"

namespace annals::rest {

// server/rest/openapi.json, as it was when the program was built. Lives for ever.
absl::string_view OpenApiDocument();

void AddOpenApiRoute(http::Router* router);

}  // namespace annals::rest

#endif  // ANNALS_SERVER_REST_OPENAPI_H_
