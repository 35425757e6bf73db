//===- Show.h - What a program's mask and scores look like ------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_SEXTANT_RUN_SHOW_H
#define SEXTANT_COMPILER_TOOLS_SEXTANT_RUN_SHOW_H

#include "compiler/tools/Execution/Inputs.h"
#include "compiler/tools/sextant-run/RunOptions.h"

namespace sextant {

/// Writes the picture that --show asks for: of batch entry 0 and the head that
/// --head names, computed by the interpreter on the inputs. Ends the process
/// with a message where there is nothing to show.
void showPicture(const RunOptions &options, Program &program, Arrays &inputs);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_SEXTANT_RUN_SHOW_H
