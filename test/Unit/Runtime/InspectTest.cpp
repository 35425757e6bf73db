// sextant-inspect as a user calls it: output, messages and exit codes.
#include "runtime/Core/Json.h"
#include "test/Unit/Runtime/TemporaryFolder.h"

#include "gtest/gtest.h"

#include <sys/wait.h>

namespace {

class Inspect : public ::testing::Test {
protected:
  TemporaryFolder folder;
  std::string out, err;

  /// Runs the tool and returns its exit code.
  int run(const std::string &arguments) {
    const std::string command = std::string(SEXTANT_INSPECT) + " " + arguments +
                                " > " + folder.path("out") + " 2> " +
                                folder.path("err");
    const int status = std::system(command.c_str());
    out = TemporaryFolder::read(folder.path("out"));
    err = TemporaryFolder::read(folder.path("err"));
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  static std::string sample(const std::string &name) {
    return std::string(SAMPLE_ARTIFACT_DIR) + "/" + name + ".so";
  }
};

TEST_F(Inspect, PrintsACleanArtifact) {
  EXPECT_EQ(run(sample("clean")), 0);
  EXPECT_EQ(err, "");
  EXPECT_NE(out.find("producer: by hand\n"
                     "kernel scale\n"
                     "  description: y = 2 x\n"
                     "  input x: f32 [L]\n"
                     "  output y: f32 [L]\n"
                     "  isas: generic (runs here)\n"
                     "exported symbols: scale, scale_shapes, scale_workspace, "
                     "sextant_manifest\n"
                     "needed libraries: none\n"
                     "undefined symbols: none\n"
                     "load-time hazards: none\n"
                     "verdict: loadable\n"),
            std::string::npos)
      << out;
}

TEST_F(Inspect, PrintsJson) {
  EXPECT_EQ(run("--json " + sample("clean")), 0);
  sextant::runtime::JsonValue value;
  ASSERT_FALSE(sextant::runtime::parseJson(out, value)) << out;
  EXPECT_EQ(value.find("machine")->string, "x86-64");
  EXPECT_EQ(value.find("manifest")->find("producer")->string, "by hand");
  EXPECT_EQ(value.find("runs_here")->find("scale")->string, "generic");
  EXPECT_EQ(value.find("exports")->elements.size(), 4u);
  EXPECT_TRUE(value.find("faults")->elements.empty());
}

TEST_F(Inspect, ShowsAndRejectsAFaultyArtifact) {
  EXPECT_EQ(run(sample("constructor")), 1);
  EXPECT_NE(out.find("load-time hazards: init_array\nverdict: rejected\n"),
            std::string::npos)
      << out;
  EXPECT_EQ(err, "sextant-inspect: error: '" + sample("constructor") +
                     "': artifact runs code or is changed at load time: found "
                     "init_array\n");
}

TEST_F(Inspect, RejectsOtherFiles) {
  EXPECT_EQ(run(sample("nomanifest")), 1);
  EXPECT_EQ(out, "");
  EXPECT_NE(err.find("found 0; this is not an artifact"), std::string::npos);
  EXPECT_EQ(run(folder.path("missing")), 1);
}

TEST_F(Inspect, ExplainsWrongUsage) {
  EXPECT_EQ(run(""), 2);
  EXPECT_NE(err.find("error: expected a file, got none"), std::string::npos);
  EXPECT_EQ(run("--jason " + sample("clean")), 2);
  EXPECT_NE(err.find("error: unknown option '--jason'"), std::string::npos);
  EXPECT_EQ(run("a b"), 2);
}

TEST_F(Inspect, PrintsVersionAndHelp) {
  EXPECT_EQ(run("--version"), 0);
  EXPECT_EQ(out.rfind("sextant-inspect ", 0), 0u);
  EXPECT_EQ(run("--help"), 0);
  EXPECT_EQ(out.rfind("usage: sextant-inspect", 0), 0u);
}

TEST_F(Inspect, ReportsAFullDisk) {
  const std::string command = std::string(SEXTANT_INSPECT) + " " +
                              sample("clean") + " > /dev/full 2>&1";
  const int status = std::system(command.c_str());
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 1);
}

} // namespace
