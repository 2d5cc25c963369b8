// DrawRandomId: an id for an event whose writer gave it none.
#ifndef ANNALS_ENGINE_LOG_APPENDING_RANDOM_ID_H_
#define ANNALS_ENGINE_LOG_APPENDING_RANDOM_ID_H_

#include <string>

namespace annals {

// A random UUID (RFC 9562, version 4). Thread-safe.
std::string DrawRandomId();

}  // namespace annals

#endif  // ANNALS_ENGINE_LOG_APPENDING_RANDOM_ID_H_
