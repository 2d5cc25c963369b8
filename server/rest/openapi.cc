#include "server/rest/openapi.h"

#include <cstdint>
#include <memory>
#include <string>

#include "server/http/negotiation.h"

namespace annals::rest {
namespace {

constexpr uint8_t kDocument[] = {
#include "server/rest/openapi_data.inc"
};

}  // namespace

absl::string_view OpenApiDocument() {
  return absl::string_view(reinterpret_cast<const char*>(kDocument), sizeof kDocument);
}

void AddOpenApiRoute(http::Router* router) {
  const auto document = std::make_shared<const std::string>(OpenApiDocument());
  router->Add(http::Method::kGet, "/openapi.json",
              http::Immediately([document](const http::Request&) {
                http::Response response = http::Response::Of(http::kJson, document);
                response.headers.Add("Cache-Control", "no-cache");
                return response;
              }));
}

}  // namespace annals::rest
