#include "cli/type_docs.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.pb.h"

namespace annals {
namespace {

using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;
using google::protobuf::SourceCodeInfo;

constexpr unsigned char kDescriptors[] = {
#include "cli/type_docs_data.inc"
};

const FileDescriptorSet& Documented() {
  static const FileDescriptorSet* const set = [] {
    auto* parsed = new FileDescriptorSet;
    // Made by the build from the same sources as the generated code.
    const bool ok = parsed->ParseFromArray(kDescriptors, sizeof kDescriptors);
    if (!ok) parsed->Clear();
    return parsed;
  }();
  return *set;
}

// Whether the location is that of the file's message number `index`.
bool IsOfMessage(const SourceCodeInfo::Location& location, int index) {
  return location.path_size() == 2 &&
         location.path(0) == FileDescriptorProto::kMessageTypeFieldNumber &&
         location.path(1) == index;
}

std::string FirstSentence(absl::string_view comment) {
  std::string text = absl::StrReplaceAll(comment, {{"\n", " "}});
  absl::RemoveExtraAsciiWhitespace(&text);
  const size_t end = text.find(". ");
  return end == std::string::npos ? text : text.substr(0, end + 1);
}

}  // namespace

std::string FirstSentenceAbout(const google::protobuf::Descriptor& type) {
  for (const FileDescriptorProto& file : Documented().file()) {
    if (file.name() != type.file()->name()) continue;
    for (const SourceCodeInfo::Location& location : file.source_code_info().location()) {
      if (IsOfMessage(location, type.index())) return FirstSentence(location.leading_comments());
    }
  }
  return "";
}

}  // namespace annals
