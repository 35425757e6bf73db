// The JSON reader takes what RFC 8259 allows and names what it refuses; SHA-256
// against the standard's own examples.
#include "runtime/Core/Json.h"
#include "runtime/Core/Sha256.h"

#include "gtest/gtest.h"

using namespace sextant::runtime;

namespace {

std::string errorOf(std::string_view text) {
  JsonValue value;
  const Failure failure = parseJson(text, value);
  return failure ? failure.message : "";
}

TEST(Json, ReadsValues) {
  JsonValue value;
  ASSERT_FALSE(parseJson(" {\"a\": [1, -2, 0], \"b\": {\"c\": \"x\\ny\"}, "
                         "\"d\": true, \"e\": null, \"f\": 1.5e3} ",
                         value));
  ASSERT_EQ(value.kind, JsonValue::Kind::Object);
  const JsonValue *a = value.find("a");
  ASSERT_TRUE(a && a->elements.size() == 3);
  EXPECT_EQ(a->elements[1].integer, -2);
  EXPECT_EQ(value.find("b")->find("c")->string, "x\ny");
  EXPECT_TRUE(value.find("d")->boolean);
  EXPECT_EQ(value.find("e")->kind, JsonValue::Kind::Null);
  EXPECT_EQ(value.find("f")->kind, JsonValue::Kind::Number);
  EXPECT_EQ(value.find("g"), nullptr);
}

TEST(Json, ReadsIntegersUpTo64Bits) {
  JsonValue value;
  ASSERT_FALSE(parseJson("[9223372036854775807, -9223372036854775808, "
                         "9223372036854775808]",
                         value));
  EXPECT_EQ(value.elements[0].integer, INT64_MAX);
  EXPECT_EQ(value.elements[1].integer, INT64_MIN);
  EXPECT_EQ(value.elements[2].kind, JsonValue::Kind::Number);
}

TEST(Json, ReadsUnicodeEscapes) {
  JsonValue value;
  ASSERT_FALSE(parseJson("\"\\u00e9 \\u20ac \\ud83d\\ude00\"", value));
  EXPECT_EQ(value.string, "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
}

TEST(Json, RefusesWithThePlace) {
  EXPECT_EQ(errorOf("{\"a\": 1, \"a\": 2}"),
            "json byte 12: the key 'a' appears twice");
  EXPECT_EQ(errorOf("[1, 2] 3"), "json byte 7: expected the end of the text");
  EXPECT_EQ(errorOf("[1 2]"), "json byte 3: expected ',' or ']'");
  EXPECT_EQ(errorOf("{\"a\" 1}"), "json byte 5: expected ':'");
  EXPECT_EQ(errorOf("{a: 1}"), "json byte 1: expected a key in quotes");
  EXPECT_EQ(errorOf("[1,]"), "json byte 3: expected a value");
  EXPECT_EQ(errorOf(""), "json byte 0: expected a value");
  EXPECT_EQ(errorOf("\"abc"), "json byte 4: the string does not end");
  EXPECT_EQ(errorOf("\"\\x\""), "json byte 3: unknown escape");
  EXPECT_EQ(errorOf("\"\n\""), "json byte 2: control character in a string");
  EXPECT_EQ(errorOf("012"), "json byte 3: number with a leading zero");
  EXPECT_EQ(errorOf("\"\\ud800\""),
            "json byte 7: expected the second half of a surrogate pair");
  EXPECT_EQ(errorOf("\"\\u0000\""), "json byte 7: NUL in a string");
}

TEST(Json, CapsTheDepth) {
  EXPECT_EQ(errorOf(std::string(33, '[') + std::string(33, ']')), "");
  EXPECT_EQ(errorOf(std::string(34, '[') + std::string(34, ']')),
            "json byte 33: nesting exceeds 32");
  EXPECT_NE(errorOf(std::string(1000000, '[')), "");
}

std::string hex(const std::array<uint8_t, 32> &digest) {
  std::string text;
  for (uint8_t byte : digest) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

TEST(Sha256, MatchesTheStandard) {
  EXPECT_EQ(hex(sha256("abc", 3)), "ba7816bf8f01cfea414140de5dae2223b00361a3961"
                                   "77a9cb410ff61f20015ad");
  const std::string two =
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  EXPECT_EQ(hex(sha256(two.data(), two.size())),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  const std::string million(1000000, 'a');
  EXPECT_EQ(hex(sha256(million.data(), million.size())),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  EXPECT_EQ(hex(sha256("", 0)), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b93"
                                "4ca495991b7852b855");
}

} // namespace
