// The manifest's header and JSON: what is read, what is refused.
#include "runtime/Artifact/Manifest.h"
#include "runtime/Core/Manifest.h"
#include "runtime/Core/Sha256.h"

#include "gtest/gtest.h"

#include <cstring>

using namespace sextant::runtime;

namespace {

sextant_manifest_header makeHeader(const std::string &json) {
  sextant_manifest_header header = {};
  std::memcpy(header.magic, SEXTANT_MANIFEST_MAGIC, 8);
  header.version = SEXTANT_MANIFEST_VERSION;
  header.abi = SEXTANT_ABI_VERSION;
  header.json_bytes = json.size();
  const auto digest = sha256(json.data(), json.size());
  std::memcpy(header.sha256, digest.data(), digest.size());
  return header;
}

std::string makeBlob(const sextant_manifest_header &header,
                     const std::string &json) {
  return std::string(reinterpret_cast<const char *>(&header), sizeof(header)) +
         json;
}

std::string kernelJson(const std::string &name, const std::string &shape,
                       const std::string &dtype = "f32") {
  return "{\"name\": \"" + name +
         "\", \"description\": \"d\", \"isas\": [\"x86-64-v3\", \"generic\"], "
         "\"inputs\": [{\"name\": \"q\", \"dtype\": \"" +
         dtype + "\", \"shape\": " + shape +
         "}], \"outputs\": [], \"later\": [1.5, null]}";
}

std::string json(const std::string &kernels) {
  return "{\"producer\": \"test 1\", \"kernels\": [" + kernels + "]}";
}

std::string errorOf(const std::string &blob) {
  sextant_manifest *manifest = nullptr;
  char message[512] = "";
  const sextant_status status = sextant_manifest_parse(
      blob.data(), blob.size(), &manifest, message, sizeof(message));
  EXPECT_EQ(status == SEXTANT_OK, manifest != nullptr);
  sextant_manifest_close(manifest);
  if (status == SEXTANT_OK)
    return "";
  EXPECT_EQ(status, SEXTANT_ARTIFACT_REJECTED);
  return message;
}

std::string errorOfJson(const std::string &text) {
  return errorOf(makeBlob(makeHeader(text), text));
}

TEST(Manifest, ReadsKernels) {
  const std::string text = json(kernelJson("a", "[\"B\", 64]") + ", " +
                                kernelJson("b", "[]", "i64"));
  const std::string blob = makeBlob(makeHeader(text), text) + "more";
  sextant_manifest *manifest = nullptr;
  char message[256];
  ASSERT_EQ(sextant_manifest_parse(blob.data(), blob.size(), &manifest, message,
                                   sizeof(message)),
            SEXTANT_OK)
      << message;
  EXPECT_STREQ(sextant_manifest_producer(manifest), "test 1");
  EXPECT_EQ(sextant_manifest_json(manifest), text);
  ASSERT_EQ(sextant_manifest_kernels(manifest), 2);
  const sextant_kernel_info *kernel = sextant_manifest_kernel(manifest, 0);
  EXPECT_STREQ(kernel->name, "a");
  ASSERT_EQ(kernel->n_isas, 2);
  EXPECT_STREQ(kernel->isas[0], "x86-64-v3");
  ASSERT_EQ(kernel->n_in, 1);
  EXPECT_EQ(kernel->n_out, 0);
  const sextant_argument_info &q = kernel->in[0];
  EXPECT_STREQ(q.name, "q");
  EXPECT_STREQ(q.dtype, "f32");
  EXPECT_EQ(q.type.code, kDLFloat);
  EXPECT_EQ(q.type.bits, 32);
  ASSERT_EQ(q.rank, 2);
  EXPECT_EQ(q.extents[0], -1);
  EXPECT_STREQ(q.symbols[0], "B");
  EXPECT_EQ(q.extents[1], 64);
  EXPECT_EQ(q.symbols[1], nullptr);
  EXPECT_EQ(sextant_manifest_find(manifest, "b")->in[0].rank, 0);
  EXPECT_EQ(sextant_manifest_find(manifest, "c"), nullptr);
  EXPECT_EQ(sextant_manifest_find(manifest, nullptr), nullptr);
  EXPECT_EQ(sextant_manifest_kernel(manifest, 2), nullptr);
  EXPECT_EQ(sextant_manifest_kernel(manifest, -1), nullptr);
  sextant_manifest_close(manifest);
}

TEST(Manifest, RefusesBadHeaders) {
  const std::string text = json("");
  const sextant_manifest_header good = makeHeader(text);
  EXPECT_EQ(errorOf(makeBlob(good, text)), "");
  EXPECT_EQ(errorOf(makeBlob(good, text).substr(0, 40)),
            "manifest header: expected 56 bytes, got 40");
  sextant_manifest_header bad = good;
  bad.magic[7] = 'X';
  EXPECT_EQ(errorOf(makeBlob(bad, text)), "manifest header: bad magic");
  bad = good;
  bad.version = 3;
  EXPECT_EQ(errorOf(makeBlob(bad, text)),
            "manifest version: expected 1, got 3");
  bad = good;
  bad.abi = 2;
  EXPECT_EQ(errorOf(makeBlob(bad, text)), "artifact abi: expected 1, got 2");
  bad = good;
  bad.json_bytes = UINT64_MAX;
  EXPECT_EQ(errorOf(makeBlob(bad, text)), "manifest length: expected at most " +
                                              std::to_string(text.size()) +
                                              ", got 18446744073709551615");
  bad = good;
  bad.sha256[31] ^= 1;
  EXPECT_EQ(errorOf(makeBlob(bad, text)),
            "manifest hash: expected the sha-256 of its text");
}

TEST(Manifest, RefusesBadJson) {
  EXPECT_EQ(errorOfJson("[]"), "manifest: expected an object");
  EXPECT_EQ(errorOfJson("{"),
            "manifest: json byte 1: expected a key in quotes");
  EXPECT_EQ(errorOfJson("{\"producer\": 3}"),
            "manifest: expected a string 'producer'");
  EXPECT_EQ(errorOfJson("{\"producer\": \"\"}"),
            "manifest: expected an array 'kernels'");
  EXPECT_EQ(errorOfJson(json("3")), "manifest: expected a string 'name'");
  EXPECT_EQ(errorOfJson(json(kernelJson("", "[]"))),
            "manifest: a kernel has an empty name");
  EXPECT_EQ(
      errorOfJson(json(kernelJson("a", "[]") + "," + kernelJson("a", "[]"))),
      "manifest: two kernels are named 'a'");
  EXPECT_EQ(errorOfJson(json(kernelJson("a", "[]", "f33"))),
            "manifest: argument 'q': unknown dtype 'f33'");
  for (const char *extent : {"-1", "1.5", "\"\"", "null", "1099511627777"})
    EXPECT_EQ(
        errorOfJson(json(kernelJson("a", std::string("[3, ") + extent + "]"))),
        "manifest: argument 'q' dim 1: expected a name or an extent from 0 to "
        "1099511627776")
        << extent;
  EXPECT_EQ(errorOfJson(json(kernelJson("a", "[1,1,1,1,1,1,1,1,1]"))),
            "manifest: argument 'q': expected a rank of at most 8, got 9");
  EXPECT_EQ(
      errorOfJson(json("{\"name\": \"a\", \"description\": \"\", \"isas\": "
                       "[], \"inputs\": [], \"outputs\": []}")),
      "manifest: kernel 'a': expected an instruction set in 'isas'");
}

TEST(Manifest, NamesOfTypesAreTheirInverse) {
  for (const char *name : {"bf16", "bool", "f16", "f32", "f64", "i8", "i16",
                           "i32", "i64", "u8", "u16", "u32", "u64"}) {
    DLDataType type;
    ASSERT_TRUE(parseDataType(name, type));
    EXPECT_EQ(dataTypeName(type), name);
  }
  DLDataType type;
  EXPECT_FALSE(parseDataType("f8", type));
  EXPECT_EQ(dataTypeName({kDLFloat, 32, 2}), "");
}

} // namespace
