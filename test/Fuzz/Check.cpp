//===- Check.cpp - One random case, compiled and compared -----------------===//

#include "Check.h"

#include "Generate.h"
#include "Refusals.h"
#include "Stages.h"
#include "compiler/Pipeline/Dialects.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::fuzz;
using test::Buffers;
using test::Kernel;

static DialectRegistry makeRegistry() {
  DialectRegistry registry;
  registerDialects(registry);
  return registry;
}

/// The kernel's results of every call against those of the interpreter.
static void checkCalls(Kernel &kernel, const CheckOptions &options,
                       Outcome &outcome) {
  for (auto [number, call] : llvm::enumerate(outcome.what.calls)) {
    outcome.call = number;
    Buffers inputs = makeInputs(outcome.what, call);
    auto expected = kernel.reference(inputs);
    if (failed(expected)) {
      outcome.kind = Outcome::Wrong;
      outcome.stage = "attn";
      outcome.message = "the interpreter refuses: " + kernel.diagnostics();
      return;
    }
    for (const Target *target : options.targets.targets) {
      test::Call how;
      how.isa = target->runtimeIsa;
      how.threads = call.threads;
      how.outputs = call.outputs;
      test::Verdict verdict =
          kernel.check(inputs, *expected, how, /*mayBeTrivial=*/true);
      if (verdict.passes)
        continue;
      outcome.kind = Outcome::Wrong;
      outcome.stage = "kernel";
      outcome.message = verdict.text;
      return;
    }
  }
}

Outcome sextant::fuzz::check(Choices &choices, const CheckOptions &options,
                             llvm::function_ref<void(const Outcome &)> made) {
  Outcome outcome;
  MLIRContext context(makeRegistry(), MLIRContext::Threading::DISABLED);
  std::string error;
  std::optional<Case> what = generate(choices, context, error);
  outcome.numbers = choices.made();
  outcome.spans.assign(choices.spans().begin(), choices.spans().end());
  if (!what) {
    outcome.kind = Outcome::Illegal;
    outcome.stage = "generator";
    outcome.message = error;
    made(outcome);
    return outcome;
  }
  outcome.what = std::move(*what);
  made(outcome);

  if (options.stages) {
    checkStages(outcome);
    if (outcome.kind != Outcome::Passed)
      return outcome;
  }
  Kernel kernel(outcome.what.program, options.edit, options.targets);
  if (kernel.isValid()) {
    checkCalls(kernel, options, outcome);
    return outcome;
  }
  outcome.message = kernel.diagnostics();
  outcome.stage = "compiler";
  const bool isExpected = kernel.status() == CompileStatus::Rejected &&
                          isKnownRefusal(outcome.message);
  outcome.kind = isExpected ? Outcome::Refused : Outcome::Wrong;
  return outcome;
}
