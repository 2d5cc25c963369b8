// What the comments in the .proto files say of an event type.
#ifndef ANNALS_CLI_TYPE_DOCS_H_
#define ANNALS_CLI_TYPE_DOCS_H_

#include <string>

#include "google/protobuf/descriptor.h"

namespace annals {

// The first sentence above the message's definition, in one line; empty if
// there is none. Generated code has no comments, so the program carries the
// descriptors with their sources' comments; reading them costs their size.
std::string FirstSentenceAbout(const google::protobuf::Descriptor& type);

}  // namespace annals

#endif  // ANNALS_CLI_TYPE_DOCS_H_
