//===- Check.cpp - A kernel's results against the reference ---------------===//

#include "compiler/tools/sextant-run/Check.h"
#include "compiler/tools/Driver/CommandLine.h"
#include "compiler/tools/Driver/ExitCode.h"
#include "compiler/tools/Execution/HostTensors.h"
#include "dialect/Attn/Reference/Bound.h"
#include "dialect/Attn/Reference/Reference.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace sextant;

static llvm::SmallVector<attn::HostTensor> hostTensors(Arrays &arrays) {
  llvm::SmallVector<attn::HostTensor> tensors;
  for (runtime::NpyArray &array : arrays)
    tensors.push_back(hostTensor(array));
  return tensors;
}

void sextant::requireFit(Program &program, Arrays &inputs) {
  if (mlir::failed(
          attn::inferResultShapes(program.function(), hostTensors(inputs))))
    std::exit(kExitRejected);
}

static attn::ReferenceResult interpret(Program &program, Arrays &inputs,
                                       const attn::ReferenceOptions &options) {
  mlir::FailureOr<attn::ReferenceResult> result =
      attn::runReference(program.function(), hostTensors(inputs), options);
  if (mlir::failed(result))
    std::exit(kExitRejected);
  return std::move(*result);
}

Arrays sextant::runReferenceAlone(Program &program, Arrays &inputs) {
  const attn::ReferenceResult result = interpret(program, inputs, {});
  Arrays outputs(result.outputs.size());
  for (auto [expected, output] : llvm::zip_equal(result.outputs, outputs)) {
    if (runtime::Failure failure = runtime::makeArray(
            dataType(expected.type),
            {expected.shape.begin(), expected.shape.end()}, output))
      fail(kRunTool, kExitResource, failure.message);
    attn::HostTensor tensor = hostTensor(output);
    for (auto [index, value] : llvm::enumerate(expected.value))
      tensor.write(expected.placeOf(index), value);
  }
  return outputs;
}

static void report(size_t place, const attn::ReferenceOutput &expected,
                   const attn::Comparison &comparison) {
  llvm::raw_ostream &os = llvm::outs();
  os << "check result " << place << ": " << comparison.elements
     << " elements, max error " << llvm::format("%.3g", comparison.maxError)
     << ", error / bound " << llvm::format("%.3f", comparison.worstRatio)
     << (comparison.passes() ? ": within\n" : ": EXCEEDED\n");
  if (comparison.passes())
    return;
  if (comparison.mismatches)
    os << "  " << comparison.mismatches
       << " elements are NaN or infinite on one side only\n";
  if (comparison.mistrusted)
    os << "  the result is almost constant, which the reference is not\n";
  if (comparison.worstPlace >= 0)
    os << "  element " << comparison.worstPlace << ": expected "
       << llvm::format("%.9g", comparison.worstExpected) << ", got "
       << llvm::format("%.9g", comparison.worstActual) << ", bound "
       << llvm::format("%.3g", comparison.worstBound) << "\n";
}

bool sextant::checkOutputs(const RunOptions &options, Program &program,
                           Arrays &inputs, Arrays &outputs) {
  // A library need not be what its program says.
  if (program.function().getNumResults() != outputs.size())
    fail(kRunTool, kExitRejected,
         "check: expected " + llvm::Twine(program.function().getNumResults()) +
             " results, as the program has, got " +
             llvm::Twine(outputs.size()));
  attn::ReferenceOptions reference;
  reference.select = attn::ReferenceOptions::Rows::Budget;
  reference.seed = options.seed;
  const attn::ReferenceResult result = interpret(program, inputs, reference);
  if (!result.allRows)
    llvm::outs() << "check: first and last rows and 64 drawn ones, of all\n";
  bool passes = true;
  for (size_t i = 0; i < outputs.size(); ++i) {
    std::string error;
    mlir::FailureOr<attn::Comparison> comparison =
        attn::compare(result.outputs[i], hostTensor(outputs[i]), error);
    if (mlir::failed(comparison))
      fail(kRunTool, kExitNumeric,
           "check: result " + llvm::Twine(i) + ": " + error);
    report(i, result.outputs[i], *comparison);
    passes &= comparison->passes();
  }
  return passes;
}
