// `.npy` files: round trips, what NumPy writes, and every way to be malformed.
#include "runtime/Core/Npy.h"
#include "runtime/Core/NpyHeader.h"
#include "test/Unit/Runtime/TemporaryFolder.h"

#include "gtest/gtest.h"

#include <fcntl.h>
#include <random>
#include <sys/stat.h>
#include <unistd.h>

using namespace sextant::runtime;

namespace {

/// A file of version 1.0 with this dictionary and data.
std::string makeFile(const std::string &header, const std::string &data) {
  std::string file("\x93NUMPY\x01\x00", 8);
  file += char(header.size() & 0xff);
  file += char(header.size() >> 8);
  return file + header + data;
}

std::string makeHeader(const std::string &descr, const std::string &order,
                       const std::string &shape) {
  return "{'descr': " + descr + ", 'fortran_order': " + order +
         ", 'shape': " + shape + ", }\n";
}

class Npy : public ::testing::Test {
protected:
  TemporaryFolder folder;
  NpyArray array;

  Failure read(const std::string &bytes) {
    return readNpy(folder.write("a.npy", bytes).c_str(), array);
  }

  /// Writes `name` of the folder.
  Failure write(const char *name, const DLTensor &tensor) {
    const int file = open(folder.path(name).c_str(),
                          O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const Failure failure = writeNpy(file, tensor);
    close(file);
    return failure;
  }

  /// The message without the quoted path before it.
  std::string errorOf(const std::string &bytes) {
    const Failure failure = read(bytes);
    if (!failure)
      return "";
    const std::string prefix = "'" + folder.path("a.npy") + "': ";
    EXPECT_EQ(failure.message.compare(0, prefix.size(), prefix), 0);
    return failure.message.substr(prefix.size());
  }

  std::string headerError(const std::string &header) {
    return errorOf(makeFile(header, ""));
  }
};

TEST_F(Npy, ReadsWhatNumpyWrites) {
  const float values[] = {1, 2, 3, 4, 5, 6};
  const std::string data(reinterpret_cast<const char *>(values), 24);
  ASSERT_FALSE(read(makeFile(makeHeader("'<f4'", "False", "(2, 3)"), data)));
  EXPECT_EQ(array.shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(array.type.code, kDLFloat);
  EXPECT_EQ(array.type.bits, 32);
  EXPECT_EQ(std::memcmp(array.data.get(), values, 24), 0);
  EXPECT_EQ(uintptr_t(array.data.get()) % 64, 0u);
}

TEST_F(Npy, ReadsVersions2And3) {
  for (char version : {'\x02', '\x03'}) {
    const std::string header = makeHeader("'|i1'", "False", "(3,)");
    std::string file("\x93NUMPY", 6);
    file += version;
    file += std::string("\0", 1);
    file += char(header.size());
    file += std::string("\0\0\0", 3);
    ASSERT_FALSE(read(file + header + "abc"));
    EXPECT_EQ(static_cast<char *>(array.data.get())[2], 'c');
  }
}

TEST_F(Npy, ConvertsFortranOrder) {
  const int32_t stored[] = {0, 3, 1, 4, 2, 5};
  const int32_t wanted[] = {0, 1, 2, 3, 4, 5};
  ASSERT_FALSE(
      read(makeFile(makeHeader("'<i4'", "True", "(2, 3)"),
                    std::string(reinterpret_cast<const char *>(stored), 24))));
  EXPECT_EQ(std::memcmp(array.data.get(), wanted, 24), 0);
}

TEST_F(Npy, ReadsScalarsAndEmptyArrays) {
  ASSERT_FALSE(
      read(makeFile(makeHeader("'<f8'", "False", "()"), std::string(8, 'x'))));
  EXPECT_TRUE(array.shape.empty());
  EXPECT_EQ(array.elements(), 1);
  ASSERT_FALSE(read(makeFile(
      makeHeader("'<f8'", "False", "(0, 9223372036854775807, 2)"), "")));
  EXPECT_EQ(array.elements(), 0);
  EXPECT_EQ(array.data, nullptr);
}

TEST_F(Npy, Bfloat16IsV2) {
  ASSERT_FALSE(read(makeFile(makeHeader("'<V2'", "False", "(2,)"), "abcd")));
  EXPECT_EQ(array.type.code, kDLBfloat);
  ASSERT_FALSE(write("b.npy", array.tensor()));
  ASSERT_FALSE(readNpy(folder.path("b.npy").c_str(), array));
  EXPECT_EQ(array.type.code, kDLBfloat);
  EXPECT_EQ(array.type.bits, 16);
  EXPECT_EQ(std::memcmp(array.data.get(), "abcd", 4), 0);
}

TEST_F(Npy, WritesAnyStrides) {
  const float values[] = {0, 1, 2, 3, 4, 5};
  int64_t shape[] = {3, 2}, strides[] = {1, 3};
  DLTensor view = {};
  view.data = const_cast<float *>(values);
  view.device = {kDLCPU, 0};
  view.ndim = 2;
  view.dtype = {kDLFloat, 32, 1};
  view.shape = shape;
  view.strides = strides;
  ASSERT_FALSE(write("t.npy", view));
  ASSERT_FALSE(readNpy(folder.path("t.npy").c_str(), array));
  EXPECT_EQ(array.shape, (std::vector<int64_t>{3, 2}));
  const float wanted[] = {0, 3, 1, 4, 2, 5};
  EXPECT_EQ(std::memcmp(array.data.get(), wanted, 24), 0);
  // The data starts at a multiple of 64, as NumPy's own files do.
  EXPECT_EQ(std::filesystem::file_size(folder.path("t.npy")), 128u + 24u);
}

TEST_F(Npy, EveryTypeSurvivesARoundTrip) {
  const DLDataType types[] = {
      {kDLBool, 8, 1}, {kDLFloat, 16, 1}, {kDLFloat, 32, 1}, {kDLFloat, 64, 1},
      {kDLInt, 8, 1},  {kDLInt, 16, 1},   {kDLInt, 32, 1},   {kDLInt, 64, 1},
      {kDLUInt, 8, 1}, {kDLUInt, 16, 1},  {kDLUInt, 32, 1},  {kDLUInt, 64, 1}};
  for (DLDataType type : types) {
    NpyArray written;
    ASSERT_FALSE(makeArray(type, {2, 5}, written));
    for (int64_t i = 0; i < written.bytes(); ++i)
      static_cast<char *>(written.data.get())[i] = char(i * 7);
    ASSERT_FALSE(write("r.npy", written.tensor()));
    ASSERT_FALSE(readNpy(folder.path("r.npy").c_str(), array));
    EXPECT_EQ(array.type.code, type.code);
    EXPECT_EQ(array.type.bits, type.bits);
    EXPECT_EQ(array.shape, written.shape);
    EXPECT_EQ(std::memcmp(array.data.get(), written.data.get(),
                          size_t(written.bytes())),
              0);
  }
}

// ---- Malformed files: row 71 of the catalogue of bad input ------------------

TEST_F(Npy, RefusesWhatIsNoNpyFile) {
  EXPECT_EQ(errorOf(""), "not an npy file: bad magic");
  EXPECT_EQ(errorOf("\x93NUMPX\x01\x00 and so on"),
            "not an npy file: bad magic");
  EXPECT_EQ(errorOf(std::string("\x93NUMPY\x09\x00", 8) + "rest"),
            "npy version: expected 1.0, 2.0 or 3.0, found 9.0");
  EXPECT_EQ(errorOf(std::string("\x93NUMPY\x01\x07", 8) + "rest"),
            "npy version: expected 1.0, 2.0 or 3.0, found 1.7");
}

TEST_F(Npy, RefusesBadHeaderLengths) {
  EXPECT_EQ(errorOf(std::string("\x93NUMPY\x02\x00\x00\x00\x00\x80", 12)),
            "npy header: expected at most 65536 bytes, found 2147483648");
  EXPECT_EQ(errorOf(std::string("\x93NUMPY\x01\x00\x40", 9)),
            "truncated in the header");
  EXPECT_EQ(errorOf(std::string("\x93NUMPY\x01\x00\x40\x00{'descr'", 18)),
            "truncated in the header");
}

TEST_F(Npy, RefusesBadDictionaries) {
  EXPECT_EQ(headerError("[1, 2]"), "npy header byte 0: expected '{'");
  EXPECT_EQ(headerError("__import__('os').system('true')"),
            "npy header byte 0: expected '{'");
  EXPECT_EQ(headerError("{'descr': '<f4', 'shape': (1,)}"),
            "npy header byte 31: the key 'fortran_order' is missing");
  EXPECT_EQ(headerError("{'descr': '<f4', 'descr': '<f4'}"),
            "npy header byte 26: the key 'descr' appears twice");
  EXPECT_EQ(headerError("{'colour': 3}"),
            "npy header byte 11: unknown key 'colour'");
  EXPECT_EQ(headerError("{'descr' '<f4'}"), "npy header byte 9: expected ':'");
  EXPECT_EQ(headerError("{'descr"),
            "npy header byte 1: the string does not end");
  EXPECT_EQ(headerError(makeHeader("'<f4'", "Maybe", "(1,)")),
            "npy header byte 34: expected True or False");
  EXPECT_EQ(headerError(makeHeader("'<f4'", "False", "(1,)") + "x"),
            "npy header byte 58: expected the end of the header");
}

TEST_F(Npy, RefusesBadTypes) {
  EXPECT_EQ(headerError(makeHeader("'|O'", "False", "(1,)")),
            "npy header byte 14: object dtype '|O' is refused: reading it "
            "would run code");
  EXPECT_EQ(headerError(makeHeader("'>f4'", "False", "(1,)")),
            "npy header byte 15: big-endian dtype '>f4': expected little "
            "endian; convert with astype");
  EXPECT_EQ(headerError(makeHeader("[('x', '<f4')]", "False", "(1,)")),
            "npy header byte 10: structured dtypes are not supported");
  for (const char *descr : {"'<c8'", "'<U4'", "'<M8'", "'f4'", "''", "'|f4'"})
    EXPECT_NE(
        headerError(makeHeader(descr, "False", "(1,)")).find("unknown dtype"),
        std::string::npos)
        << descr;
}

TEST_F(Npy, RefusesBadShapes) {
  EXPECT_EQ(headerError(makeHeader("'<f4'", "False", "(2, -3)")),
            "npy header byte 54: negative extent in the shape");
  EXPECT_EQ(headerError(makeHeader("'<f4'", "False", "(99999999999999999999,)"))
                .substr(20),
            "extent exceeds 63 bits");
  EXPECT_EQ(headerError(makeHeader("'<f4'", "False", "(2)")),
            "npy header byte 52: expected ',' after the only extent");
  EXPECT_EQ(headerError(makeHeader("'<f4'", "False", "2")),
            "npy header byte 50: expected '(' of the shape");
  std::string many = "(";
  for (int i = 0; i < 33; ++i)
    many += "1, ";
  EXPECT_NE(headerError(makeHeader("'<f4'", "False", many + ")"))
                .find("rank exceeds 32"),
            std::string::npos);
  EXPECT_EQ(
      headerError(makeHeader("'<f4'", "False", "(4294967296, 4294967296)")),
      "size overflow: the shape exceeds 63 bits");
}

TEST_F(Npy, RefusesDataOfAnotherLength) {
  const std::string header = makeHeader("'<f4'", "False", "(2, 3)");
  EXPECT_EQ(errorOf(makeFile(header, std::string(23, 'x'))),
            "truncated: expected 24 bytes of data, found 23");
  EXPECT_EQ(errorOf(makeFile(header, std::string(25, 'x'))),
            "trailing bytes: expected 24 bytes of data, found 25");
  // A shape of petabytes is refused before anything is allocated.
  EXPECT_EQ(errorOf(makeFile(
                makeHeader("'<f4'", "False", "(1099511627776, 1024)"), "")),
            "truncated: expected 4503599627370496 bytes of data, found 0");
}

TEST_F(Npy, RefusesWhatIsNoFile) {
  const Failure missing = readNpy(folder.path("none.npy").c_str(), array);
  EXPECT_EQ(missing.message,
            "'" + folder.path("none.npy") + "': No such file or directory");
  const Failure directory = readNpy(folder.path("").c_str(), array);
  EXPECT_NE(directory.message.find("expected a regular file"),
            std::string::npos);
  ASSERT_EQ(mkfifo(folder.path("pipe").c_str(), 0600), 0);
  const Failure pipe = readNpy(folder.path("pipe").c_str(), array);
  EXPECT_NE(pipe.message.find("expected a regular file"), std::string::npos);
}

TEST_F(Npy, SaysWhyItCannotWrite) {
  ASSERT_FALSE(makeArray({kDLFloat, 32, 1}, {4}, array));
  DLTensor complex = array.tensor();
  complex.dtype = {5, 64, 1};
  EXPECT_EQ(write("a.npy", complex).message, "npy has no name for this dtype");
  DLTensor elsewhere = array.tensor();
  elsewhere.device = {kDLCUDA, 0};
  EXPECT_EQ(write("a.npy", elsewhere).message,
            "expected a tensor on cpu with lanes 1");
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  if (full < 0)
    GTEST_SKIP() << "no /dev/full";
  EXPECT_EQ(writeNpy(full, array.tensor()).message, "No space left on device");
  close(full);
}

// Any change of a few bytes of the dictionary is either still one or refused,
// and what is taken keeps the rules; sanitizers watch.
TEST(NpyHeader, SurvivesMutation) {
  const std::string good = makeHeader("'<f4'", "True", "(2, 3, 2)");
  std::mt19937 random(1);
  int refused = 0;
  for (int round = 0; round < 50000; ++round) {
    std::string bad = good;
    for (unsigned i = 0; i <= random() % 3; ++i)
      bad[random() % bad.size()] = good[random() % good.size()];
    if (round % 4 == 0)
      bad[random() % bad.size()] = char(random());
    if (round % 10 == 0)
      bad.resize(random() % bad.size());
    NpyHeader header;
    if (parseNpyHeader(bad, header)) {
      ++refused;
      continue;
    }
    EXPECT_EQ(header.type.bits % 8, 0);
    for (int64_t extent : header.shape)
      EXPECT_GE(extent, 0);
  }
  EXPECT_GT(refused, 25000);
  EXPECT_LT(refused, 50000);
}

} // namespace
