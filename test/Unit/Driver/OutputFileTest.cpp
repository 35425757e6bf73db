// Outputs of the tools: whole or not at all, whatever ends the writing.
#include "compiler/tools/Driver/OutputFile.h"
#include "test/Unit/Runtime/TemporaryFolder.h"

#include "gtest/gtest.h"

#include <csignal>
#include <sys/stat.h>
#include <unistd.h>

using namespace sextant;

namespace {

class Output : public ::testing::Test {
protected:
  TemporaryFolder folder;

  std::string errorOf(llvm::Error error) {
    return llvm::toString(std::move(error));
  }
  /// Writes half of a file and then lets `signal` end the process.
  void writeHalf(const std::string &path, int signal) {
    llvm::consumeError(writeOutput(path, [&](int descriptor) -> llvm::Error {
      const bool isHalf = ::write(descriptor, "half", 4) == 4;
      if (isHalf && folder.count() > 0)
        ::raise(signal);
      return llvm::Error::success();
    }));
  }
};

using OutputDeathTest = Output;

TEST_F(OutputDeathTest, ASignalLeavesNothing) {
  const std::string path = folder.path("a.npy");
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    EXPECT_EXIT(writeHalf(path, signal), ::testing::KilledBySignal(signal), "");
    EXPECT_EQ(folder.count(), 0u) << signal;
  }
}

TEST_F(OutputDeathTest, ASignalLeavesWhatWasThere) {
  const std::string path = folder.write("a.npy", "before");
  EXPECT_EXIT(writeHalf(path, SIGTERM), ::testing::KilledBySignal(SIGTERM), "");
  EXPECT_EQ(folder.count(), 1u);
  EXPECT_EQ(TemporaryFolder::read(path), "before");
}

TEST_F(Output, AFailureLeavesWhatWasThere) {
  const std::string path = folder.write("a.so", "before");
  auto fail = [](int descriptor) -> llvm::Error {
    if (::write(descriptor, "half", 4) != 4)
      return llvm::createStringError("cannot even begin");
    return llvm::createStringError("no more");
  };
  EXPECT_EQ(errorOf(writeOutput(path, fail)),
            "cannot write '" + path + "': no more");
  EXPECT_EQ(TemporaryFolder::read(path), "before");
  EXPECT_EQ(folder.count(), 1u);
  EXPECT_EQ(errorOf(writeOutput(path, "after")), "");
  EXPECT_EQ(TemporaryFolder::read(path), "after");
  EXPECT_EQ(folder.count(), 1u);
}

TEST_F(Output, RefusesWhatIsNoPlaceForAFile) {
  EXPECT_EQ(errorOf(writeOutput(folder.path(""), "x")),
            "cannot write '" + folder.path("") + "': it is a directory");
  const std::string none = folder.path("no/such/a");
  EXPECT_EQ(errorOf(writeOutput(none, "x")),
            "cannot write '" + none + "': No such file or directory");
  EXPECT_EQ(errorOf(writeOutput("/dev/full", "x")),
            "cannot write '/dev/full': No space left on device");
  EXPECT_EQ(errorOf(writeOutput("", "x")),
            "cannot write '': No such file or directory");
  EXPECT_EQ(folder.count(), 0u);
}

TEST_F(Output, AFileThatMayNotBeWrittenToStays) {
  if (geteuid() == 0)
    GTEST_SKIP() << "root may write anywhere";
  const std::string path = folder.write("a", "before");
  ASSERT_EQ(chmod(path.c_str(), 0400), 0);
  EXPECT_EQ(errorOf(writeOutput(path, "after")),
            "cannot write '" + path + "': Permission denied");
  EXPECT_EQ(TemporaryFolder::read(path), "before");
}

TEST_F(Output, AnInputIsNoOutputByAnyName) {
  const std::string path = folder.write("a", "x");
  const std::string link = folder.path("b");
  ASSERT_EQ(symlink(path.c_str(), link.c_str()), 0);
  EXPECT_EQ(errorOf(checkDistinct(path, link)),
            "output '" + link + "' is the input file");
  EXPECT_EQ(errorOf(checkDistinct(path, folder.path("c"))), "");
  EXPECT_EQ(errorOf(checkDistinct("-", "-")), "");
}

} // namespace
