// What an internal function of the runtime returns where it can fail.
#ifndef SEXTANT_RUNTIME_CORE_FAILURE_H
#define SEXTANT_RUNTIME_CORE_FAILURE_H

#include "runtime/sextant_runtime.h"

#include <cstring>
#include <new>
#include <string>
#include <utility>

namespace sextant::runtime {

/// A status and its message; converts to true where something failed.
struct [[nodiscard]] Failure {
  sextant_status status = SEXTANT_OK;
  std::string message;

  explicit operator bool() const { return status != SEXTANT_OK; }

  static Failure none() { return {}; }
  static Failure invalid(std::string message) {
    return {SEXTANT_INVALID_ARGUMENT, std::move(message)};
  }
  static Failure rejected(std::string message) {
    return {SEXTANT_ARTIFACT_REJECTED, std::move(message)};
  }
};

/// Copies `text` into a caller's buffer, cut off and ended by NUL.
inline void copyMessage(const std::string &text, char *message, size_t bytes) {
  if (!message || !bytes)
    return;
  const size_t length = text.size() < bytes - 1 ? text.size() : bytes - 1;
  std::memcpy(message, text.data(), length);
  message[length] = '\0';
}

/// Runs `body` (returning Failure) behind a C function: its message goes into
/// the caller's buffer, and no exception leaves.
template <typename Body>
sextant_status report(char *message, size_t bytes, Body body) {
  try {
    const Failure failure = body();
    copyMessage(failure.message, message, bytes);
    return failure.status;
  } catch (const std::bad_alloc &) {
    copyMessage("out of memory", message, bytes);
    return SEXTANT_RESOURCE_EXHAUSTED;
  } catch (...) {
    copyMessage("unexpected exception", message, bytes);
    return SEXTANT_INTERNAL;
  }
}

} // namespace sextant::runtime

#endif // SEXTANT_RUNTIME_CORE_FAILURE_H
