//===- Check.h - A kernel's results against the reference -------*- C++ -*-===//

#ifndef SEXTANT_COMPILER_TOOLS_SEXTANT_RUN_CHECK_H
#define SEXTANT_COMPILER_TOOLS_SEXTANT_RUN_CHECK_H

#include "compiler/tools/Execution/LoadedKernel.h"
#include "compiler/tools/sextant-run/RunOptions.h"

namespace sextant {

/// The results of the interpreter, rounded to the types of the results.
Arrays runReferenceAlone(Program &program, Arrays &inputs);

/// Ends the process with kExitRejected if `program` cannot take `inputs`, which
/// a library took.
void requireFit(Program &program, Arrays &inputs);

/// Compares `outputs` with the interpreter and prints, for each, the largest
/// error and the largest share of its bound. True if all are within.
bool checkOutputs(const RunOptions &options, Program &program, Arrays &inputs,
                  Arrays &outputs);

} // namespace sextant

#endif // SEXTANT_COMPILER_TOOLS_SEXTANT_RUN_CHECK_H
