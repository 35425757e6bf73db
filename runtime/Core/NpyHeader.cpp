// Parses and formats the header dictionary of `.npy` files.
#include "runtime/Core/NpyHeader.h"

namespace sextant::runtime {
namespace {

struct Descriptor {
  const char *name; // without the byte order
  uint8_t code, bits;
};

constexpr Descriptor descriptors[] = {
    {"b1", kDLBool, 8},   {"f2", kDLFloat, 16}, {"f4", kDLFloat, 32},
    {"f8", kDLFloat, 64}, {"i1", kDLInt, 8},    {"i2", kDLInt, 16},
    {"i4", kDLInt, 32},   {"i8", kDLInt, 64},   {"u1", kDLUInt, 8},
    {"u2", kDLUInt, 16},  {"u4", kDLUInt, 32},  {"u8", kDLUInt, 64},
    {"V2", kDLBfloat, 16}};

class HeaderReader {
public:
  HeaderReader(std::string_view text, NpyHeader &header)
      : text(text), header(header) {}

  Failure read() {
    skipSpace();
    if (!take('{'))
      return fail("expected '{'");
    for (;;) {
      skipSpace();
      if (take('}'))
        break;
      if (Failure failure = readMember())
        return failure;
      skipSpace();
      if (take(','))
        continue;
      if (take('}'))
        break;
      return fail("expected ',' or '}'");
    }
    skipSpace();
    if (at != text.size())
      return fail("expected the end of the header");
    for (auto [seen, name] :
         {std::pair(seenDescr, "descr"), std::pair(seenOrder, "fortran_order"),
          std::pair(seenShape, "shape")})
      if (!seen)
        return fail(std::string("the key '") + name + "' is missing");
    return Failure::none();
  }

private:
  Failure fail(const std::string &what) const {
    return Failure::invalid("npy header byte " + std::to_string(at) + ": " +
                            what);
  }

  char peek() const { return at < text.size() ? text[at] : '\0'; }

  bool take(char c) {
    if (at >= text.size() || text[at] != c)
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
    while (at < text.size() && (text[at] == ' ' || text[at] == '\n' ||
                                text[at] == '\t' || text[at] == '\r'))
      ++at;
  }

  Failure readString(std::string &string) {
    const char quote = peek();
    if (quote != '\'' && quote != '"')
      return fail("expected a string");
    const size_t end = text.find(quote, at + 1);
    if (end == std::string_view::npos)
      return fail("the string does not end");
    string = std::string(text.substr(at + 1, end - at - 1));
    if (string.find('\\') != std::string::npos)
      return fail("escapes in strings are not supported");
    at = end + 1;
    return Failure::none();
  }

  Failure readMember() {
    std::string key;
    if (Failure failure = readString(key))
      return failure;
    skipSpace();
    if (!take(':'))
      return fail("expected ':'");
    skipSpace();
    if (key == "descr")
      return once(seenDescr, key, &HeaderReader::readDescr);
    if (key == "fortran_order")
      return once(seenOrder, key, &HeaderReader::readOrder);
    if (key == "shape")
      return once(seenShape, key, &HeaderReader::readShape);
    return fail("unknown key '" + key + "'");
  }

  Failure once(bool &seen, const std::string &key,
               Failure (HeaderReader::*read)()) {
    if (seen)
      return fail("the key '" + key + "' appears twice");
    seen = true;
    return (this->*read)();
  }

  Failure readDescr() {
    if (peek() == '[' || peek() == '(' || peek() == '{')
      return fail("structured dtypes are not supported");
    std::string descr;
    if (Failure failure = readString(descr))
      return failure;
    if (descr.find('O') != std::string::npos)
      return fail("object dtype '" + descr +
                  "' is refused: reading it would run code");
    if (!descr.empty() && descr[0] == '>')
      return fail("big-endian dtype '" + descr +
                  "': expected little endian; convert with astype");
    if (!descr.empty() && (descr[0] == '<' || descr[0] == '|'))
      for (const Descriptor &entry : descriptors)
        if (descr.substr(1) == entry.name &&
            (descr[0] == '<' || entry.bits == 8 || entry.code == kDLBfloat)) {
          header.type = {entry.code, entry.bits, 1};
          return Failure::none();
        }
    return fail("unknown dtype '" + descr +
                "': expected one of b1, f2, f4, f8, i1, i2, i4, i8, u1, u2, "
                "u4, u8, V2");
  }

  Failure readOrder() {
    if (takeWord("True"))
      header.fortranOrder = true;
    else if (!takeWord("False"))
      return fail("expected True or False");
    return Failure::none();
  }

  Failure readShape() {
    if (!take('('))
      return fail("expected '(' of the shape");
    for (;;) {
      skipSpace();
      if (take(')'))
        return Failure::none();
      int64_t extent = 0;
      if (peek() == '-')
        return fail("negative extent in the shape");
      if (peek() < '0' || peek() > '9')
        return fail("expected an extent");
      for (; peek() >= '0' && peek() <= '9'; ++at)
        if (__builtin_mul_overflow(extent, int64_t(10), &extent) ||
            __builtin_add_overflow(extent, int64_t(peek() - '0'), &extent))
          return fail("extent exceeds 63 bits");
      header.shape.push_back(extent);
      if (header.shape.size() > npyMaxRank)
        return fail("rank exceeds " + std::to_string(npyMaxRank));
      skipSpace();
      if (take(','))
        continue;
      if (header.shape.size() == 1)
        return fail("expected ',' after the only extent");
      if (!take(')'))
        return fail("expected ',' or ')'");
      return Failure::none();
    }
  }

  std::string_view text;
  NpyHeader &header;
  size_t at = 0;
  bool seenDescr = false, seenOrder = false, seenShape = false;
};

} // namespace

Failure parseNpyHeader(std::string_view text, NpyHeader &header) {
  header = NpyHeader();
  return HeaderReader(text, header).read();
}

std::string formatNpyHeader(DLDataType type,
                            const std::vector<int64_t> &shape) {
  std::string result = "{'descr': '";
  for (const Descriptor &entry : descriptors)
    if (entry.code == type.code && entry.bits == type.bits) {
      result += entry.bits == 8 ? '|' : '<';
      result += entry.name;
    }
  result += "', 'fortran_order': False, 'shape': (";
  for (size_t i = 0; i < shape.size(); ++i)
    result += (i ? ", " : "") + std::to_string(shape[i]);
  result += shape.size() == 1 ? ",), }" : "), }";
  return result;
}

} // namespace sextant::runtime
