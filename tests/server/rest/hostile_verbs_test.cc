// Whatever a verb is sent, it answers or refuses with a problem document; nothing is
// the server's fault, and the next request is answered.
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "gtest/gtest.h"
#include "tests/engine/query/sea_fixture.h"
#include "tests/server/rest/rest_fixture.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::MessageFactory;
using ::google::protobuf::MethodDescriptor;
using ::google::protobuf::Reflection;
using ::google::protobuf::ServiceDescriptor;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> HostileTexts() {
  return {"",
          std::string(20'000, 'a'),
          std::string("a\0b", 3),
          "a\r\nb",
          "\xff\xfe",
          "\xc0\xaf",
          "../../etc/passwd",
          "sea/",
          "-1",
          "18446744073709551616",
          "Y999999999999",
          "-9223372036854775808-01-01",
          "1931-02-30",
          "1931-01-01T25:61:61Z",
          "[..]",
          "..1931/1932..",
          "now now",
          "0s",
          "99999999999999999999y",
          "\xe2\x80\xae\xf3\xa0\x80\x81",
          "%00%ff",
          "{\"\": [}"};
}

constexpr uint64_t kHostileNumbers[] = {0,
                                        1,
                                        std::numeric_limits<uint32_t>::max(),
                                        uint64_t{1} << 31,
                                        uint64_t{1} << 63,
                                        (uint64_t{1} << 63) - 1,
                                        std::numeric_limits<uint64_t>::max()};

// Sets `field` to its value number `choice`, of a repeated field thrice; false if it
// has no more.
bool SetHostile(Message* message, const FieldDescriptor* field, size_t choice) {
  const Reflection& reflection = *message->GetReflection();
  const std::vector<std::string> texts = HostileTexts();
  const bool is_text = field->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
  if (choice >= (is_text ? texts.size() : std::size(kHostileNumbers))) return false;
  const uint64_t number = is_text ? 0 : kHostileNumbers[choice];
  const auto set = [&](auto value, auto add_one, auto set_one) {
    if (!field->is_repeated()) {
      (reflection.*set_one)(message, field, value);
      return;
    }
    for (int i = 0; i < 3; ++i) (reflection.*add_one)(message, field, value);
  };
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      set(texts[choice], &Reflection::AddString, &Reflection::SetString);
      return true;
    case FieldDescriptor::CPPTYPE_UINT64:
      set(number, &Reflection::AddUInt64, &Reflection::SetUInt64);
      return true;
    case FieldDescriptor::CPPTYPE_INT64:
      set(static_cast<int64_t>(number), &Reflection::AddInt64, &Reflection::SetInt64);
      return true;
    case FieldDescriptor::CPPTYPE_UINT32:
      set(static_cast<uint32_t>(number), &Reflection::AddUInt32, &Reflection::SetUInt32);
      return true;
    case FieldDescriptor::CPPTYPE_INT32:
      set(static_cast<int32_t>(number), &Reflection::AddInt32, &Reflection::SetInt32);
      return true;
    case FieldDescriptor::CPPTYPE_ENUM:
      set(static_cast<int>(number), &Reflection::AddEnumValue, &Reflection::SetEnumValue);
      return true;
    case FieldDescriptor::CPPTYPE_BOOL:
      set(number % 2 == 1, &Reflection::AddBool, &Reflection::SetBool);
      return true;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      set(choice == 0 ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(number),
          &Reflection::AddDouble, &Reflection::SetDouble);
      return true;
    default:
      return false;
  }
}

// A message in which what has a usual name has a value that there is.
std::unique_ptr<Message> Sensible(const Descriptor* type) {
  static const std::map<std::string, std::string> kTexts = {
      {"timeline", kSea},     {"view", "losses"},   {"from", "1931-02-20"},  {"to", "1931-03-01"},
      {"consumer", "mirror"}, {"member", "worker"}, {"stream", "ship/rose"}, {"id", "rose-lost"}};
  std::unique_ptr<Message> message(MessageFactory::generated_factory()->GetPrototype(type)->New());
  const Reflection& reflection = *message->GetReflection();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    const auto text = kTexts.find(field->name());
    if (text == kTexts.end() || field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) continue;
    if (!field->is_repeated()) reflection.SetString(message.get(), field, text->second);
  }
  return message;
}

class HostileVerbsTest : public RestTest {
 protected:
  void SetUp() override {
    RestTest::SetUp();
    TellOfTwoShips();
  }

  static std::vector<const MethodDescriptor*> Verbs() {
    const ServiceDescriptor* service =
        v1::AsOfRequest::descriptor()->file()->FindServiceByName("Timelines");
    std::vector<const MethodDescriptor*> verbs;
    for (int i = 0; i < service->method_count(); ++i) verbs.push_back(service->method(i));
    return verbs;
  }

  void ExpectAnAnswerOrAProblem(const MethodDescriptor& verb, absl::string_view type,
                                absl::string_view body) {
    ++asked_;
    http::RawClient client(server().http().port);
    ASSERT_TRUE(client.Send(absl::StrCat("POST /v1/verbs/", verb.name(),
                                         " HTTP/1.1\r\nHost: localhost\r\nContent-Type: ", type,
                                         "\r\nContent-Length: ", body.size(), "\r\n\r\n", body)));
    // A feed has no end.
    const http::RawResponse answer = client.Read(
        verb.server_streaming() ? http::RawClient::To::kHead : http::RawClient::To::kGet);
    if (answer.status == 200) return;
    ++refused_;
    EXPECT_GE(answer.status, 400) << answer.body;
    EXPECT_LT(answer.status, 500) << answer.body;
    EXPECT_EQ(answer.headers.at("content-type"), "application/problem+json");
    EXPECT_LT(std::stoi(answer.headers.at("content-length")), 5000);
    if (verb.server_streaming()) return;
    EXPECT_THAT(answer.body, AllOf(HasSubstr("\"detail\":\""), Not(HasSubstr("\"detail\":\"\"")),
                                   Not(HasSubstr("INTERNAL")), Not(HasSubstr("UNKNOWN"))));
  }

  // Every value in every field of `at`, which is `whole` or within it.
  void TryFields(const MethodDescriptor& verb, const Message& whole, Message* at, int depth) {
    const Descriptor* type = at->GetDescriptor();
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* field = type->field(i);
      SCOPED_TRACE(field->full_name());
      const std::unique_ptr<Message> before(at->New());
      before->CopyFrom(*at);
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        Message* within = field->is_repeated() ? at->GetReflection()->AddMessage(at, field)
                                               : at->GetReflection()->MutableMessage(at, field);
        ExpectAnAnswerOrAProblem(verb, "application/protobuf", whole.SerializeAsString());
        if (depth > 0) TryFields(verb, whole, within, depth - 1);
      }
      for (size_t choice = 0; SetHostile(at, field, choice); ++choice) {
        SCOPED_TRACE(choice);
        ExpectAnAnswerOrAProblem(verb, "application/protobuf", whole.SerializeAsString());
        at->CopyFrom(*before);
      }
      at->CopyFrom(*before);
    }
  }

  int asked_ = 0;
  int refused_ = 0;
};

TEST_F(HostileVerbsTest, HostileValuesInEveryField) {
  for (const MethodDescriptor* verb : Verbs()) {
    SCOPED_TRACE(verb->name());
    const std::unique_ptr<Message> request = Sensible(verb->input_type());
    TryFields(*verb, *request, request.get(), 2);
  }
  EXPECT_GT(asked_, 1'000);
  EXPECT_GT(refused_, asked_ / 4);
  EXPECT_EQ(Call("GetTimeline", Asked<v1::GetTimelineRequest>()).status, 200);
}

TEST_F(HostileVerbsTest, BytesThatAreNoMessage) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937_64 random(seed);
  for (const MethodDescriptor* verb : Verbs()) {
    SCOPED_TRACE(verb->name());
    for (int step = 0; step < 20; ++step) {
      std::string bytes = Sensible(verb->input_type())->SerializeAsString();
      for (uint64_t more = random() % 40; more > 0; --more) {
        bytes.insert(bytes.begin() + static_cast<int64_t>(random() % (bytes.size() + 1)),
                     static_cast<char>(random()));
      }
      ExpectAnAnswerOrAProblem(*verb, "application/protobuf", bytes);
      ExpectAnAnswerOrAProblem(*verb, "application/json", bytes);
    }
    // Groups within groups, and a length beyond the end.
    ExpectAnAnswerOrAProblem(*verb, "application/protobuf", std::string(100'000, '\x0b'));
    ExpectAnAnswerOrAProblem(*verb, "application/protobuf", "\x0a\xff\xff\xff\xff\x0f");
  }
  EXPECT_GT(refused_, asked_ / 4);
}

TEST_F(HostileVerbsTest, JsonThatIsNoMessage) {
  std::string events;
  for (int i = 0; i < 10'001; ++i) absl::StrAppend(&events, i == 0 ? "" : ",", "{}");
  const std::map<std::string, std::string> bodies = {
      {"null", "null"},
      {"a list", "[]"},
      {"a number", "1"},
      {"cut off", R"({"timeline":"sea)"},
      {"two values", R"({"timeline":"sea"}{"timeline":"sea"})"},
      {"single quotes", "{'timeline':'sea'}"},
      {"a trailing comma", R"({"timeline":"sea",})"},
      {"a byte order mark", "\xef\xbb\xbf{\"timeline\":\"sea\"}"},
      {"a name twice", R"({"timeline":"sea","timeline":"lakes"})"},
      {"an unknown field", R"({"timeline":"sea","nonsense":1})"},
      {"an unknown field that looks like a place", R"({"timeline":"sea","(nonsense":1})"},
      {"a long unknown field", absl::StrCat("{\"timeline", std::string(1'000'000, 'e'), "\":1}")},
      {"a field of another kind", R"({"timeline":{"name":"sea"}})"},
      {"broken UTF-8", "{\"timeline\":\"\xc3(\"}"},
      {"half a surrogate pair", R"({"timeline":"\ud800"})"},
      {"UTF-16", std::string("{\0\"\0a\0\"\0:\0001\0}\0", 14)},
      {"a deep list", std::string(100'000, '[')},
      {"deep objects", absl::StrCat(R"({"timeline":)",
                                    [] {
                                      std::string deep;
                                      for (int i = 0; i < 50'000; ++i) deep += R"({"a":)";
                                      return deep;
                                    }())},
      {"a number beyond all", R"({"timeline":"sea","asOf":{"position":1e999}})"},
      {"a negative number", R"({"timeline":"sea","asOf":{"position":-1}})"},
      {"a number with a fraction", R"({"timeline":"sea","asOf":{"position":1.5}})"},
      {"a number beyond 64 bits", R"({"timeline":"sea","asOf":{"position":18446744073709551616}})"},
      {"the same as text", R"({"timeline":"sea","asOf":{"position":"18446744073709551616"}})"},
      {"a number of a hundred thousand digits",
       absl::StrCat(R"({"timeline":"sea","asOf":{"position":)", std::string(100'000, '9'), "}}")},
      {"a payload without a type", R"({"timeline":"sea","events":[{"payload":{"a":1}}]})"},
      {"a payload of an unknown type",
       R"({"timeline":"sea","events":[{"payload":{"@type":"type.googleapis.com/a.B"}}]})"},
      {"a payload in itself",
       R"({"timeline":"sea","events":[{"payload":{"@type":"type.googleapis.com/google.protobuf.Any","value":{"@type":"type.googleapis.com/google.protobuf.Any"}}}]})"},
      {"too many events", absl::StrCat(R"({"timeline":"sea","events":[)", events, "]}")},
  };
  for (const MethodDescriptor* verb : Verbs()) {
    if (verb->server_streaming()) continue;
    SCOPED_TRACE(verb->name());
    for (const auto& [name, body] : bodies) {
      SCOPED_TRACE(name);
      const int before = refused_;
      ExpectAnAnswerOrAProblem(*verb, "application/json", body);
      EXPECT_EQ(refused_, before + 1);
    }
  }
}

TEST_F(HostileVerbsTest, BodiesOfOtherTypes) {
  for (const MethodDescriptor* verb : Verbs()) {
    const std::string target = absl::StrCat("/v1/verbs/", verb->name());
    for (const char* type :
         {"text/plain", "application/xml", "application/x-www-form-urlencoded", "application/jsonp",
          "multipart/form-data; boundary=x", "application", ";", "*/*"}) {
      const http::RawResponse answer = Post(target, type, R"({"timeline":"sea"})");
      EXPECT_EQ(answer.status, 415) << verb->name() << type;
      EXPECT_THAT(answer.body,
                  AllOf(HasSubstr("application/json"), HasSubstr("application/protobuf")));
    }
  }
}

}  // namespace
}  // namespace annals::testing
