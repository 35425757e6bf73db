// sextant-inspect LIB.so: what an artifact contains and whether it may be
// loaded. None of its code is run.
#include "runtime/tools/inspect/Report.h"

#include <cstdio>

using namespace sextant::runtime;

namespace {

/// As for every Sextant tool.
enum ExitCode { Ok = 0, Rejected = 1, Usage = 2, Internal = 3 };

constexpr char help[] =
    "usage: sextant-inspect [--json] LIB.so\n"
    "\n"
    "Prints the manifest of an artifact, its exported symbols, the "
    "instruction\n"
    "sets it carries, and whether the loader would take it.\n"
    "\n"
    "  --json     one JSON object instead of text\n"
    "  --version  print the version and exit\n"
    "  --help     print this and exit\n"
    "\n"
    "exit status: 0 loadable, 1 rejected, 2 wrong usage\n";

int failUsage(const std::string &what) {
  std::fprintf(stderr, "sextant-inspect: error: %s\n%s", what.c_str(),
               "note: see sextant-inspect --help\n");
  return Usage;
}

int inspect(const std::string &path, bool json) {
  ArtifactFile artifact;
  if (const Failure failure = readArtifact(path.c_str(), artifact)) {
    std::fprintf(stderr, "sextant-inspect: error: %s\n",
                 failure.message.c_str());
    return Rejected;
  }
  const std::vector<std::string> faults = findFaults(artifact);
  const std::string report = json ? formatJson(path, artifact, faults)
                                  : formatText(path, artifact, faults);
  const bool written =
      std::fwrite(report.data(), 1, report.size(), stdout) == report.size() &&
      std::fflush(stdout) == 0;
  for (const std::string &fault : faults)
    std::fprintf(stderr, "sextant-inspect: error: '%s': %s\n", path.c_str(),
                 fault.c_str());
  if (!written) {
    std::fprintf(stderr, "sextant-inspect: error: cannot write the report\n");
    return Rejected;
  }
  return faults.empty() ? Ok : Rejected;
}

int run(int argc, char **argv) {
  std::string path;
  bool json = false, sawPath = false, onlyPaths = false;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (onlyPaths || argument.empty() || argument[0] != '-') {
      if (sawPath)
        return failUsage("expected one file, got another: '" + argument + "'");
      path = argument;
      sawPath = true;
    } else if (argument == "--json") {
      json = true;
    } else if (argument == "--") {
      onlyPaths = true;
    } else if (argument == "--version") {
      std::printf("sextant-inspect %s\n", sextant_version());
      return Ok;
    } else if (argument == "--help" || argument == "-h") {
      std::fputs(help, stdout);
      return Ok;
    } else {
      return failUsage("unknown option '" + argument + "'");
    }
  }
  if (!sawPath)
    return failUsage("expected a file, got none");
  return inspect(path, json);
}

} // namespace

int main(int argc, char **argv) {
  try {
    return run(argc, argv);
  } catch (...) {
    std::fputs("sextant-inspect: error: out of memory\n", stderr);
    return Internal;
  }
}
