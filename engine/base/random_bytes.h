// DrawRandomBytes: bytes that nobody can guess.
#ifndef ANNALS_ENGINE_BASE_RANDOM_BYTES_H_
#define ANNALS_ENGINE_BASE_RANDOM_BYTES_H_

#include <cstddef>
#include <string>

namespace annals {

// Ends the program if the system has no randomness to give. DrawRandomBytes does so
// by itself; this is for who would rather know at the start.
void AwaitRandomness();

// From the system's generator, asked once however many they are. Thread-safe.
std::string DrawRandomBytes(size_t count);

}  // namespace annals

#endif  // ANNALS_ENGINE_BASE_RANDOM_BYTES_H_
