// A strict reader for the small JSON texts that artifacts carry.
#ifndef SEXTANT_RUNTIME_CORE_JSON_H
#define SEXTANT_RUNTIME_CORE_JSON_H

#include "runtime/Core/Failure.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sextant::runtime {

/// One JSON value. A number that is not an integer of 64 bits is kept as
/// Number without a value: nothing here needs one.
struct JsonValue {
  enum class Kind { Null, Bool, Integer, Number, String, Array, Object };

  Kind kind = Kind::Null;
  bool boolean = false;
  int64_t integer = 0;
  std::string string;
  std::vector<JsonValue> elements;
  std::vector<std::pair<std::string, JsonValue>> members;

  /// The member `key` of an object; null where there is none.
  const JsonValue *find(std::string_view key) const;
};

/// Deeper nesting than this is refused.
constexpr int jsonMaxDepth = 32;

/// Reads the one value that `text` is (RFC 8259). Refuses what lenient readers
/// let through: trailing text, the same key twice, invalid UTF-8 escapes,
/// control characters, nesting beyond jsonMaxDepth. The message names the byte.
Failure parseJson(std::string_view text, JsonValue &value);

} // namespace sextant::runtime

#endif // SEXTANT_RUNTIME_CORE_JSON_H
