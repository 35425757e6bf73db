// Recursive descent over RFC 8259, with a cap on the depth.
#include "runtime/Core/Json.h"

namespace sextant::runtime {
namespace {

class JsonReader {
public:
  explicit JsonReader(std::string_view text) : text(text) {}

  Failure read(JsonValue &value) {
    skipSpace();
    if (Failure failure = readValue(value, 0))
      return failure;
    skipSpace();
    if (at != text.size())
      return fail("expected the end of the text");
    return Failure::none();
  }

private:
  Failure fail(const std::string &what) const {
    return Failure::invalid("json byte " + std::to_string(at) + ": " + what);
  }

  bool atEnd() const { return at >= text.size(); }
  char peek() const { return atEnd() ? '\0' : text[at]; }

  bool take(char c) {
    if (atEnd() || text[at] != c)
      return false;
    ++at;
    return true;
  }

  bool takeWord(std::string_view word) {
    if (text.substr(at, word.size()) != word)
      return false;
    at += word.size();
    return true;
  }

  void skipSpace() {
    while (!atEnd() && (text[at] == ' ' || text[at] == '\t' ||
                        text[at] == '\n' || text[at] == '\r'))
      ++at;
  }

  Failure readValue(JsonValue &value, int depth) {
    if (depth > jsonMaxDepth)
      return fail("nesting exceeds " + std::to_string(jsonMaxDepth));
    switch (peek()) {
    case '{':
      return readObject(value, depth);
    case '[':
      return readArray(value, depth);
    case '"':
      value.kind = JsonValue::Kind::String;
      return readString(value.string);
    default:
      break;
    }
    if (takeWord("null")) {
      value.kind = JsonValue::Kind::Null;
      return Failure::none();
    }
    if (takeWord("true") || takeWord("false")) {
      value.kind = JsonValue::Kind::Bool;
      value.boolean = text[at - 2] == 'u';
      return Failure::none();
    }
    return readNumber(value);
  }

  Failure readObject(JsonValue &value, int depth) {
    value.kind = JsonValue::Kind::Object;
    take('{');
    skipSpace();
    if (take('}'))
      return Failure::none();
    do {
      skipSpace();
      std::string key;
      if (peek() != '"')
        return fail("expected a key in quotes");
      if (Failure failure = readString(key))
        return failure;
      if (value.find(key))
        return fail("the key '" + key + "' appears twice");
      skipSpace();
      if (!take(':'))
        return fail("expected ':'");
      skipSpace();
      value.members.emplace_back(std::move(key), JsonValue());
      if (Failure failure = readValue(value.members.back().second, depth + 1))
        return failure;
      skipSpace();
    } while (take(','));
    return take('}') ? Failure::none() : fail("expected ',' or '}'");
  }

  Failure readArray(JsonValue &value, int depth) {
    value.kind = JsonValue::Kind::Array;
    take('[');
    skipSpace();
    if (take(']'))
      return Failure::none();
    do {
      skipSpace();
      value.elements.emplace_back();
      if (Failure failure = readValue(value.elements.back(), depth + 1))
        return failure;
      skipSpace();
    } while (take(','));
    return take(']') ? Failure::none() : fail("expected ',' or ']'");
  }

  Failure readString(std::string &string) {
    take('"');
    while (!atEnd()) {
      const char c = text[at++];
      if (c == '"')
        return Failure::none();
      if (static_cast<unsigned char>(c) < 0x20)
        return fail("control character in a string");
      if (c != '\\') {
        string += c;
        continue;
      }
      if (Failure failure = readEscape(string))
        return failure;
    }
    return fail("the string does not end");
  }

  Failure readEscape(std::string &string) {
    const char c = peek();
    ++at;
    switch (c) {
    case '"':
    case '\\':
    case '/':
      string += c;
      return Failure::none();
    case 'b':
      string += '\b';
      return Failure::none();
    case 'f':
      string += '\f';
      return Failure::none();
    case 'n':
      string += '\n';
      return Failure::none();
    case 'r':
      string += '\r';
      return Failure::none();
    case 't':
      string += '\t';
      return Failure::none();
    case 'u':
      return readUnicode(string);
    default:
      return fail("unknown escape");
    }
  }

  bool readHex4(uint32_t &unit) {
    unit = 0;
    for (int i = 0; i < 4; ++i, ++at) {
      const char c = peek();
      if (c >= '0' && c <= '9')
        unit = unit * 16 + (c - '0');
      else if (c >= 'a' && c <= 'f')
        unit = unit * 16 + (c - 'a' + 10);
      else if (c >= 'A' && c <= 'F')
        unit = unit * 16 + (c - 'A' + 10);
      else
        return false;
    }
    return true;
  }

  Failure readUnicode(std::string &string) {
    uint32_t point;
    if (!readHex4(point))
      return fail("expected four hexadecimal digits");
    if (point >= 0xd800 && point < 0xdc00) {
      uint32_t low;
      if (!takeWord("\\u") || !readHex4(low) || low < 0xdc00 || low > 0xdfff)
        return fail("expected the second half of a surrogate pair");
      point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
    } else if (point >= 0xdc00 && point < 0xe000) {
      return fail("second half of a surrogate pair without the first");
    }
    // A NUL would cut off every C string made from this one.
    if (point == 0)
      return fail("NUL in a string");
    appendUtf8(string, point);
    return Failure::none();
  }

  static void appendUtf8(std::string &string, uint32_t point) {
    if (point < 0x80) {
      string += char(point);
    } else if (point < 0x800) {
      string += char(0xc0 | point >> 6);
      string += char(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
      string += char(0xe0 | point >> 12);
      string += char(0x80 | (point >> 6 & 0x3f));
      string += char(0x80 | (point & 0x3f));
    } else {
      string += char(0xf0 | point >> 18);
      string += char(0x80 | (point >> 12 & 0x3f));
      string += char(0x80 | (point >> 6 & 0x3f));
      string += char(0x80 | (point & 0x3f));
    }
  }

  bool takeDigits() {
    const size_t begin = at;
    while (peek() >= '0' && peek() <= '9')
      ++at;
    return at > begin;
  }

  Failure readNumber(JsonValue &value) {
    const size_t begin = at;
    const bool negative = take('-');
    const size_t digits = at;
    if (!takeDigits()) {
      at = begin;
      return fail("expected a value");
    }
    if (text[digits] == '0' && at - digits > 1)
      return fail("number with a leading zero");
    bool integral = true;
    if (take('.')) {
      integral = false;
      if (!takeDigits())
        return fail("expected digits after '.'");
    }
    if (take('e') || take('E')) {
      integral = false;
      if (!take('+'))
        take('-');
      if (!takeDigits())
        return fail("expected digits in the exponent");
    }
    value.kind = JsonValue::Kind::Number;
    if (!integral)
      return Failure::none();
    int64_t number = 0;
    for (size_t i = digits; i < at; ++i)
      if (__builtin_mul_overflow(number, int64_t(10), &number) ||
          __builtin_sub_overflow(number, int64_t(text[i] - '0'), &number))
        return Failure::none();
    // Built downwards, so that the least integer fits.
    if (!negative && __builtin_sub_overflow(int64_t(0), number, &number))
      return Failure::none();
    value.kind = JsonValue::Kind::Integer;
    value.integer = number;
    return Failure::none();
  }

  std::string_view text;
  size_t at = 0;
};

} // namespace

const JsonValue *JsonValue::find(std::string_view key) const {
  for (const auto &member : members)
    if (member.first == key)
      return &member.second;
  return nullptr;
}

Failure parseJson(std::string_view text, JsonValue &value) {
  value = JsonValue();
  return JsonReader(text).read(value);
}

} // namespace sextant::runtime
