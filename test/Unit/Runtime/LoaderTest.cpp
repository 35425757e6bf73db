// Loading artifacts: a clean one runs; every broken rule is named; no byte
// pattern gets past the checks or crashes them.
#include "runtime/Core/ElfFile.h"
#include "runtime/Core/Manifest.h"
#include "runtime/sextant_runtime.h"
#include "test/Unit/Runtime/TemporaryFolder.h"

#include "gtest/gtest.h"

#include <elf.h>
#include <random>
#include <sys/stat.h>
#include <unistd.h>

using namespace sextant::runtime;

namespace {

std::string sample(const std::string &name) {
  return std::string(SAMPLE_ARTIFACT_DIR) + "/" + name + ".so";
}

/// y = f(x) for x = 0, 1, 2 ...; empty on failure.
std::vector<float> callScale(sextant_fn function, int64_t length,
                             const sextant_launch *launch = nullptr) {
  std::vector<float> x(static_cast<size_t>(length)),
      y(static_cast<size_t>(length));
  for (size_t i = 0; i < x.size(); ++i)
    x[i] = float(i);
  DLTensor in = {};
  in.data = x.data();
  in.device = {kDLCPU, 0};
  in.ndim = 1;
  in.dtype = {kDLFloat, 32, 1};
  in.shape = &length;
  DLTensor out = in;
  out.data = y.data();
  const DLTensor *ins[] = {&in};
  DLTensor *outs[] = {&out};
  if (function(ins, 1, outs, 1, launch) != SEXTANT_OK)
    return {};
  return y;
}

class Loader : public ::testing::Test {
protected:
  TemporaryFolder folder;
  sextant_lib *lib = nullptr;
  char message[512] = "";

  sextant_status load(const std::string &path) {
    return sextant_load(path.c_str(), &lib, message, sizeof(message));
  }

  void expectRejected(const std::string &path, const std::string &reason) {
    EXPECT_EQ(load(path), SEXTANT_ARTIFACT_REJECTED);
    EXPECT_EQ(message, "'" + path + "': " + reason);
    EXPECT_EQ(lib, nullptr);
  }

  void expectSampleRejected(const std::string &name,
                            const std::string &reason) {
    expectRejected(sample(name), reason);
  }
};

TEST_F(Loader, RunsACleanArtifact) {
  ASSERT_EQ(load(sample("clean")), SEXTANT_OK) << message;
  const sextant_manifest *manifest = sextant_lib_manifest(lib);
  EXPECT_STREQ(sextant_manifest_producer(manifest), "by hand");
  ASSERT_EQ(sextant_manifest_kernels(manifest), 1);
  EXPECT_STREQ(sextant_manifest_kernel(manifest, 0)->name, "scale");
  const sextant_fn function = sextant_lib_function(lib, "scale");
  ASSERT_TRUE(function);
  EXPECT_EQ(callScale(function, 3), (std::vector<float>{0, 2, 4}));
  EXPECT_TRUE(sextant_lib_workspace(lib, "scale"));
  EXPECT_TRUE(sextant_lib_shapes(lib, "scale"));
  EXPECT_EQ(sextant_lib_function(lib, "sextant_manifest"), nullptr);
  EXPECT_EQ(sextant_lib_function(lib, "scal"), nullptr);
  EXPECT_EQ(sextant_lib_function(lib, nullptr), nullptr);
  sextant_close(lib);
}

TEST_F(Loader, RunsOnAPool) {
  ASSERT_EQ(load(sample("clean")), SEXTANT_OK) << message;
  sextant_pool *pool = sextant_pool_create(2);
  sextant_launch launch = SEXTANT_LAUNCH_INIT;
  launch.threads = sextant_pool_threads(pool);
  launch.parallel_for = sextant_pool_parallel_for;
  launch.pool = pool;
  const std::vector<float> y =
      callScale(sextant_lib_function(lib, "scale"), 1001, &launch);
  ASSERT_EQ(y.size(), 1001u);
  for (size_t i = 0; i < y.size(); ++i)
    ASSERT_EQ(y[i], 2.0f * float(i));
  sextant_pool_destroy(pool);
  sextant_close(lib);
}

TEST_F(Loader, TheCheckerIsInTheArtifact) {
  ASSERT_EQ(load(sample("clean")), SEXTANT_OK) << message;
  sextant_launch launch = SEXTANT_LAUNCH_INIT;
  char text[256];
  launch.message = text;
  launch.message_bytes = sizeof(text);
  EXPECT_EQ(sextant_lib_function(lib, "scale")(nullptr, 2, nullptr, 1, &launch),
            SEXTANT_INVALID_ARGUMENT);
  EXPECT_STREQ(text, "number of inputs: expected 1, got 2");
  sextant_close(lib);
}

TEST_F(Loader, TwoArtifactsMayShareNames) {
  ASSERT_EQ(load(sample("clean")), SEXTANT_OK) << message;
  sextant_lib *twice = lib;
  ASSERT_EQ(load(sample("thrice")), SEXTANT_OK) << message;
  EXPECT_EQ(callScale(sextant_lib_function(twice, "scale"), 2)[1], 2.0f);
  EXPECT_EQ(callScale(sextant_lib_function(lib, "scale"), 2)[1], 3.0f);
  sextant_close(twice);
  EXPECT_EQ(callScale(sextant_lib_function(lib, "scale"), 2)[1], 3.0f);
  sextant_close(lib);
}

TEST_F(Loader, OneArtifactMayBeLoadedTwice) {
  ASSERT_EQ(load(sample("clean")), SEXTANT_OK) << message;
  sextant_lib *first = lib;
  ASSERT_EQ(load(sample("clean")), SEXTANT_OK) << message;
  sextant_close(first);
  EXPECT_EQ(callScale(sextant_lib_function(lib, "scale"), 2)[1], 2.0f);
  sextant_close(lib);
}

// The dynamic linker alone would answer with the old library.
TEST_F(Loader, SeesAFileThatWasReplaced) {
  const std::string path =
      folder.write("a.so", TemporaryFolder::read(sample("clean")));
  ASSERT_EQ(load(path), SEXTANT_OK) << message;
  sextant_lib *old = lib;
  folder.write("b.so", TemporaryFolder::read(sample("thrice")));
  std::filesystem::rename(folder.path("b.so"), path);
  ASSERT_EQ(load(path), SEXTANT_OK) << message;
  EXPECT_EQ(callScale(sextant_lib_function(old, "scale"), 2)[1], 2.0f);
  EXPECT_EQ(callScale(sextant_lib_function(lib, "scale"), 2)[1], 3.0f);
  sextant_close(old);
  sextant_close(lib);
}

// ---- Row 73: what is in the file --------------------------------------------

TEST_F(Loader, RefusesOtherFiles) {
  expectRejected(folder.write("text", "hello, world"),
                 "elf: expected an elf file, found another magic");
  expectRejected(folder.write("empty", ""),
                 "elf: expected an elf file, found another magic");
  expectRejected(folder.path("none"), "No such file or directory");
  EXPECT_EQ(load(""), SEXTANT_INVALID_ARGUMENT);
  EXPECT_EQ(sextant_load(nullptr, &lib, message, sizeof(message)),
            SEXTANT_INVALID_ARGUMENT);
  EXPECT_EQ(sextant_load(sample("clean").c_str(), nullptr, nullptr, 0),
            SEXTANT_INVALID_ARGUMENT);
}

TEST_F(Loader, RefusesAnotherMachine) {
  std::string bytes = TemporaryFolder::read(sample("clean"));
  bytes[offsetof(Elf64_Ehdr, e_machine)] = char(EM_AARCH64);
  bytes[offsetof(Elf64_Ehdr, e_machine) + 1] = char(EM_AARCH64 >> 8);
  expectRejected(folder.write("other.so", bytes),
                 "elf: machine: expected x86-64, found aarch64");
}

TEST_F(Loader, RefusesEveryTruncation) {
  const std::string bytes = TemporaryFolder::read(sample("clean"));
  ASSERT_GT(bytes.size(), 1000u);
  ElfFile elf;
  for (size_t length = 0; length < bytes.size(); ++length)
    ASSERT_TRUE(
        parseElf(std::string_view(bytes).substr(0, length), EM_X86_64, elf))
        << length;
  EXPECT_FALSE(parseElf(bytes, EM_X86_64, elf));
  EXPECT_EQ(load(folder.write("half.so", bytes.substr(0, bytes.size() / 2))),
            SEXTANT_ARTIFACT_REJECTED);
}

TEST_F(Loader, RefusesManifestsItDoesNotKnow) {
  expectSampleRejected("nomanifest",
                       "elf: expected one section .sextant.manifest, found 0; "
                       "this is not an artifact of sextantc");
  expectSampleRejected("newabi", "artifact abi: expected 1, got 2");
  expectSampleRejected("newversion", "manifest version: expected 1, got 9");
  std::string bytes = TemporaryFolder::read(sample("clean"));
  bytes[bytes.find("by hand")] = 'B';
  expectRejected(folder.write("edited.so", bytes),
                 "manifest hash: expected the sha-256 of its text");
}

TEST_F(Loader, RefusesMissingFunctions) {
  expectSampleRejected(
      "noshapes", "expected the exported function 'scale_shapes', found none");
}

// ---- Row 74: what kind of file it is ----------------------------------------

TEST_F(Loader, RefusesWhatIsNoRegularFile) {
  const std::string link = folder.path("link.so");
  ASSERT_EQ(symlink(sample("clean").c_str(), link.c_str()), 0);
  expectRejected(link, "expected a regular file, found a symbolic link");
  const std::string pipe = folder.path("pipe.so");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  expectRejected(pipe, "expected a regular file, found a device, pipe or "
                       "socket");
  const std::string directory = folder.path("directory.so");
  ASSERT_EQ(mkdir(directory.c_str(), 0700), 0);
  expectRejected(directory, "expected a regular file, found a directory");
}

TEST_F(Loader, RefusesAWorldWritableFile) {
  const std::string path =
      folder.write("open.so", TemporaryFolder::read(sample("clean")));
  ASSERT_EQ(chmod(path.c_str(), 0666), 0);
  expectRejected(path, "the file is writable by everybody; expected mode o-w");
}

// ---- Row 76: code at load time ----------------------------------------------

TEST_F(Loader, RefusesCodeAtLoadTime) {
  const std::string hazard =
      "artifact runs code or is changed at load time: found ";
  expectSampleRejected("constructor", hazard + "init_array");
  expectSampleRejected("tls", hazard + "thread-local storage");
  expectSampleRejected("textrel", hazard + "text relocation");
  expectSampleRejected("ifunc", hazard + "indirect function");
}

TEST_F(Loader, RefusesImports) {
  expectSampleRejected("needed",
                       "expected no needed library, found 'libc.so.6'");
  expectSampleRejected("undefined",
                       "expected no undefined symbol, found 'somewhere'");
}

// Random damage: no crash (sanitizers watch), and what still parses keeps its
// views inside of the file.
TEST_F(Loader, SurvivesMutation) {
  const std::string good = TemporaryFolder::read(sample("clean"));
  std::mt19937 random(7);
  int refused = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string bad = good;
    for (unsigned i = 0; i <= random() % 4; ++i) {
      // Headers and tables lie at both ends and hold what matters.
      const size_t near = random() % 1200;
      const size_t at = random() % 2 ? near : bad.size() - 1 - near;
      bad[at] = random() % 4 ? char(random()) : '\xff';
    }
    ElfFile elf;
    if (parseElf(bad, EM_X86_64, elf)) {
      ++refused;
      continue;
    }
    ASSERT_GE(elf.manifest.data(), bad.data());
    ASSERT_LE(elf.manifest.data() + elf.manifest.size(),
              bad.data() + bad.size());
    std::unique_ptr<sextant_manifest> manifest;
    refused += bool(parseManifest(elf.manifest, manifest));
  }
  EXPECT_GT(refused, 2000);
}

} // namespace
