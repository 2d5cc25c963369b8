// The program's version.
#ifndef ANNALS_CLI_VERSION_H_
#define ANNALS_CLI_VERSION_H_

namespace annals {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace annals

#endif  // ANNALS_CLI_VERSION_H_
