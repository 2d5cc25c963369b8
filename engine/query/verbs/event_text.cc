#include "engine/query/verbs/event_text.h"

#include <algorithm>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "engine/base/status.h"
#include "engine/log/payload_types.h"
#include "engine/privacy/sensitive_fields.h"
#include "engine/query/payload.h"
#include "engine/query/text_fold.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace annals {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Texts one after the other; the line break keeps a word from matching across
// two of them.
class Texts {
 public:
  void Add(absl::string_view text) {
    all_.append(text.data(), text.size());
    all_.push_back('\n');
  }

  void AddAllOf(const Message& message) {
    const Reflection& reflection = *message.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection.ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) AddField(message, reflection, field);
  }

  const std::string& all() const { return all_; }

 private:
  void AddField(const Message& message, const Reflection& reflection,
                const FieldDescriptor* field) {
    if (IsSensitive(field)) return;  // Sealed, so that nobody can search it.
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->type() == FieldDescriptor::TYPE_STRING) {
        Add(field->is_repeated() ? reflection.GetRepeatedString(message, field, i)
                                 : reflection.GetString(message, field));
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        AddAllOf(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                      : reflection.GetMessage(message, field));
      }
    }
  }

  std::string all_;
};

absl::StatusOr<std::string> TextsOf(const v1::Event& event) {
  Texts texts;
  texts.Add(event.id());
  texts.Add(event.stream());
  texts.Add(event.asserter());
  for (const std::string& who : event.attribution()) texts.Add(who);
  for (const v1::Citation& citation : event.citations()) {
    texts.Add(citation.source());
    texts.Add(citation.locator());
    texts.Add(citation.paraphrase());
  }
  texts.Add(event.correction().reason());
  texts.Add(event.correction().editor());
  for (const auto& [name, text] : event.metadata()) {
    texts.Add(name);
    texts.Add(text);
  }
  if (event.has_payload()) {
    texts.Add(TypeName(event.payload().type_url()));
    ANNALS_ASSIGN_OR_RETURN(const std::unique_ptr<Message> payload, ReadPayload(event.payload()));
    texts.AddAllOf(*payload);
  }
  return texts.all();
}

}  // namespace

TextSearch::TextSearch(absl::string_view query)
    : words_(absl::StrSplit(FoldText(query), ' ', absl::SkipEmpty())) {}

absl::StatusOr<bool> TextSearch::Matches(const v1::Event& event) const {
  if (words_.empty()) return true;
  ANNALS_ASSIGN_OR_RETURN(const std::string texts, TextsOf(event));
  const std::string folded = FoldText(texts);
  return std::all_of(words_.begin(), words_.end(),
                     [&](const std::string& word) { return absl::StrContains(folded, word); });
}

}  // namespace annals
