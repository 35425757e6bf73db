//===- ExitCode.h - What the tools exit with --------------------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_DRIVER_EXITCODE_H
#define SEXTANT_COMPILER_TOOLS_DRIVER_EXITCODE_H

namespace sextant {

enum ExitCode {
  kExitOk = 0,
  /// The input is refused; a diagnostic says why.
  kExitRejected = 1,
  /// The command line is wrong.
  kExitUsage = 2,
  /// A defect of Sextant; a reproducer was written.
  kExitInternal = 3,
  /// Numbers differ from the reference by more than the bound.
  kExitNumeric = 4,
  /// Memory, a device or a CPU feature is missing.
  kExitResource = 5
};

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_DRIVER_EXITCODE_H
