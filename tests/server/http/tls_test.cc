#include "server/http/tls.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/http/server.h"
#include "tests/server/http/certificates.h"
#include "tests/server/http/raw_client.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temporary_directory.h"

namespace annals::http {
namespace {

namespace asio = boost::asio;
using ::annals::testing::IsOk;
using ::annals::testing::StatusIs;
using ::testing::HasSubstr;

class TlsTest : public ::testing::Test {
 protected:
  TlsTest() : server_certificate_("localhost", &authority_) {
    tls_.certificate_path = server_certificate_.WriteCertificate(Path("server.pem"));
    tls_.key_path = server_certificate_.WriteKey(Path("server.key"));
    authority_path_ = authority_.WriteCertificate(Path("authority.pem"));
  }

  void Start() {
    Router router;
    router.Add(Method::kGet, "/who", Immediately([](const Request& request) {
                 return Response::Of("text/plain",
                                     absl::StrCat(request.is_tls ? "tls " : "plain ",
                                                  request.client_certificate_name, "\n"));
               }));
    router.Add(Method::kGet, "/stream", Immediately([](const Request&) {
                 StreamBody body;
                 body.produce = [](std::shared_ptr<ByteStream> out) -> Awaitable<absl::Status> {
                   for (int i = 0; i < 1000; ++i) {
                     absl::Status pushed = co_await out->Room();
                     if (pushed.ok())
                       pushed = out->Push(std::make_shared<const std::string>(1000, '#'));
                     if (!pushed.ok()) co_return pushed;
                   }
                   co_return absl::OkStatus();
                 };
                 return Response::Streaming("text/plain", std::move(body));
               }));
    ServerOptions options;
    options.tls = tls_;
    options.limits.linger_timeout = std::chrono::milliseconds(100);
    auto server = HttpServer::Start(options, std::move(router));
    ASSERT_THAT(server, IsOk());
    server_ = *std::move(server);
  }

  // All that the server sends until it closes; what went wrong, if something did.
  std::string Ask(absl::string_view target, asio::ssl::context& context) {
    asio::io_context loop;
    asio::ssl::stream<asio::ip::tcp::socket> stream(loop, context);
    boost::system::error_code error;
    stream.next_layer().connect({asio::ip::address_v4::loopback(), server_->port()}, error);
    if (!error) stream.handshake(asio::ssl::stream_base::client, error);
    const std::string request =
        absl::StrCat("GET ", target, " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    if (!error) asio::write(stream, asio::buffer(request), error);
    std::string answer;
    if (!error) asio::read(stream, asio::dynamic_buffer(answer), error);
    return answer.empty() ? error.message() : answer;
  }

  asio::ssl::context Client() {
    asio::ssl::context context(asio::ssl::context::tls_client);
    context.load_verify_file(authority_path_);
    context.set_verify_mode(asio::ssl::verify_peer);
    context.set_verify_callback(asio::ssl::host_name_verification("localhost"));
    return context;
  }

  std::string Path(absl::string_view name) const {
    return absl::StrCat(directory_.path(), "/", name);
  }

  annals::testing::TemporaryDirectory directory_;
  Certificate authority_{"authority"};
  Certificate server_certificate_;
  TlsOptions tls_;
  std::string authority_path_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(TlsTest, ServesClientsThatTrustItsCertificate) {
  Start();
  asio::ssl::context client = Client();
  EXPECT_THAT(Ask("/who", client), HasSubstr("\r\n\r\ntls \n"));
  asio::ssl::context stranger(asio::ssl::context::tls_client);
  stranger.set_verify_mode(asio::ssl::verify_peer);
  EXPECT_THAT(Ask("/who", stranger), HasSubstr("certificate verify failed"));
}

TEST_F(TlsTest, StreamsUntilTheConnectionEnds) {
  Start();
  asio::ssl::context client = Client();
  const std::string answer = Ask("/stream", client);
  EXPECT_EQ(std::count(answer.begin(), answer.end(), '#'), 1'000'000);
  EXPECT_THAT(answer, ::testing::EndsWith("\r\n0\r\n\r\n"));
}

TEST_F(TlsTest, RefusesVersionsThatAreTooOld) {
  Start();
  asio::ssl::context client = Client();
  SSL_CTX_set_security_level(client.native_handle(), 0);
  SSL_CTX_set_max_proto_version(client.native_handle(), TLS1_1_VERSION);
  EXPECT_THAT(Ask("/who", client), HasSubstr("protocol version"));
}

TEST_F(TlsTest, TakesOnlyClientsThatItsAuthorityVouchesFor) {
  tls_.client_ca_path = authority_path_;
  Start();
  const Certificate known("reporter", &authority_);
  asio::ssl::context client = Client();
  client.use_certificate_file(known.WriteCertificate(Path("c.pem")), asio::ssl::context::pem);
  client.use_private_key_file(known.WriteKey(Path("c.key")), asio::ssl::context::pem);
  EXPECT_THAT(Ask("/who", client), HasSubstr("\r\n\r\ntls reporter\n"));

  asio::ssl::context without = Client();
  EXPECT_THAT(Ask("/who", without), ::testing::Not(HasSubstr("200 OK")));

  const Certificate unknown("reporter");
  asio::ssl::context other = Client();
  other.use_certificate_file(unknown.WriteCertificate(Path("u.pem")), asio::ssl::context::pem);
  other.use_private_key_file(unknown.WriteKey(Path("u.key")), asio::ssl::context::pem);
  EXPECT_THAT(Ask("/who", other), ::testing::Not(HasSubstr("200 OK")));
}

TEST_F(TlsTest, ClosesOnPlainHttp) {
  Start();
  RawClient client(server_->port());
  ASSERT_TRUE(client.Send("GET /who HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_EQ(client.Read().status, 0);
}

TEST_F(TlsTest, NamesTheFileThatIsWrong) {
  TlsOptions missing = tls_;
  missing.key_path = Path("none.key");
  EXPECT_THAT(MakeTlsContext(missing),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("none.key")));
  TlsOptions swapped = tls_;
  swapped.key_path = authority_.WriteKey(Path("authority.key"));
  EXPECT_THAT(MakeTlsContext(swapped),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("authority.key")));
}

}  // namespace
}  // namespace annals::http
