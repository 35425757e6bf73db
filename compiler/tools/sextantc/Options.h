//===- Options.h - What sextantc is asked to do -----------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_SEXTANTC_OPTIONS_H
#define SEXTANT_COMPILER_TOOLS_SEXTANTC_OPTIONS_H

#include "compiler/Pipeline/Phases.h"
#include "compiler/Target/TargetRegistry.h"
#include "compiler/TiledToVector/Coverage.h"
#include "compiler/tools/Driver/InputGuard.h"
#include <string>

namespace sextant {

struct Options {
  std::string input, output, header, saveTemps;
  Phase from = Phase::Attn, emit = Phase::So;
  TargetSet targets;
  InputLimits limits;
  /// What --explain counts tiles for; empty if it does not.
  NamedExtents extents;
  bool explain = false, timing = false;
  /// Whether there is anything to write besides an explanation.
  bool writes = true;
};

/// Reads and checks the command line; exits with kExitUsage if it is wrong and
/// with kExitOk after --help, --version and --target=list.
Options parseOptions(int argc, char **argv);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_SEXTANTC_OPTIONS_H
