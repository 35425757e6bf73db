//===- CrashReport.h - What it takes to repeat a crash ----------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_DRIVER_CRASHREPORT_H
#define SEXTANT_COMPILER_TOOLS_DRIVER_CRASHREPORT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace sextant {

/// From here on, a signal or a fatal error of LLVM writes a reproducer, prints
/// the line that runs it, and exits with kExitInternal; lack of memory exits
/// with kExitResource. `argv` is the command line.
void installCrashReport(llvm::StringRef tool,
                        llvm::ArrayRef<const char *> argv);

/// Says which text to write, and which argument of the command line named it.
/// Both must outlive the work. With --debug-crash, a hidden option of every
/// tool, this crashes.
void setCrashInput(llvm::StringRef path, llvm::StringRef text);

/// The same for a defect that was noticed without a crash. Writes the
/// reproducer and prints the line; the caller exits with kExitInternal.
void writeReproducer(llvm::StringRef reason);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_DRIVER_CRASHREPORT_H
