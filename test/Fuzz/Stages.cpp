//===- Stages.cpp - Which stage is the first to be wrong ------------------===//

#include "Stages.h"

#include "compiler/Pipeline/Dialects.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace sextant;
using namespace sextant::fuzz;
using sextant::attn::HostTensor;
using test::Buffer;

namespace {
class StageChecker {
public:
  explicit StageChecker(Outcome &outcome)
      : outcome(outcome),
        context(makeRegistry(), MLIRContext::Threading::DISABLED) {
    context.getDiagEngine().registerHandler([this](Diagnostic &diagnostic) {
      if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
        messages += diagnostic.str() + "\n";
      return success();
    });
  }

  void run();

private:
  static DialectRegistry makeRegistry() {
    DialectRegistry registry;
    registerDialects(registry);
    return registry;
  }

  OwningOpRef<ModuleOp> parse(const std::string &text) {
    return parseSourceString<ModuleOp>(text, &context);
  }
  static std::string print(ModuleOp module) {
    std::string text;
    llvm::raw_string_ostream(text) << module;
    return text;
  }
  bool fails(Phase phase, const std::string &message) {
    outcome.kind = Outcome::Wrong;
    outcome.stage = phaseWord(phase).str();
    outcome.message = message;
    return false;
  }

  /// Every form is read back as what was written.
  bool readsBack(Phase phase, const std::string &text);
  /// Every call of `form`, interpreted, is what the program is.
  bool agrees(Phase phase, func::FuncOp form, func::FuncOp program);
  FailureOr<attn::ReferenceResult> interpret(func::FuncOp function,
                                             const test::Buffers &inputs);

  Outcome &outcome;
  MLIRContext context;
  std::string messages;
};
} // namespace

bool StageChecker::readsBack(Phase phase, const std::string &text) {
  messages.clear();
  OwningOpRef<ModuleOp> first = parse(text);
  if (!first)
    return fails(phase, "the form does not read back: " + messages);
  const std::string once = print(*first);
  OwningOpRef<ModuleOp> second = parse(once);
  if (!second)
    return fails(phase, "the form does not read back: " + messages);
  if (print(*second) != once)
    return fails(phase, "the form reads back as another one");
  return true;
}

FailureOr<attn::ReferenceResult>
StageChecker::interpret(func::FuncOp function, const test::Buffers &inputs) {
  SmallVector<HostTensor> tensors;
  for (const Buffer &buffer : inputs)
    tensors.push_back(buffer.host());
  // Neither form is a kernel, which might round more.
  attn::ReferenceOptions options;
  options.exactProducts = true;
  return attn::runReference(function, tensors, options);
}

bool StageChecker::agrees(Phase phase, func::FuncOp form,
                          func::FuncOp program) {
  for (auto [number, call] : llvm::enumerate(outcome.what.calls)) {
    outcome.call = number;
    messages.clear();
    test::Buffers inputs = makeInputs(outcome.what, call);
    auto expected = interpret(program, inputs);
    if (failed(expected))
      return fails(Phase::Attn, "the interpreter refuses: " + messages);
    auto actual = interpret(form, inputs);
    if (failed(actual))
      return fails(phase, "the interpreter refuses: " + messages);
    for (auto [place, output] : llvm::enumerate(actual->outputs)) {
      Buffer rounded(output.type, output.shape);
      for (auto [i, value] : llvm::enumerate(output.value))
        rounded.set(output.placeOf(i), value);
      std::string error;
      auto comparison =
          attn::compare(expected->outputs[place], rounded.host(), error);
      if (failed(comparison))
        return fails(phase, error);
      if (comparison->passes())
        continue;
      std::string text;
      llvm::raw_string_ostream(text)
          << "output " << place
          << " of the form, interpreted: " << comparison->mismatches
          << " mismatches, error/bound " << comparison->worstRatio
          << " at place " << comparison->worstPlace << ": "
          << comparison->worstActual << ", expected "
          << comparison->worstExpected << "\n";
      return fails(phase, text);
    }
  }
  return true;
}

void StageChecker::run() {
  const std::string &text = outcome.what.program;
  if (!readsBack(Phase::Attn, text))
    return;
  OwningOpRef<ModuleOp> program = parse(text), module = parse(text);
  std::vector<std::pair<Phase, std::string>> forms;
  CompileRequest request;
  request.to = Phase::Vector;
  request.targets.targets = {&hostTarget()};
  request.onPhase = [&](Phase phase, StringRef form) {
    forms.push_back({phase, form.str()});
  };
  // What is refused is judged by the compilation that follows.
  (void)compile(*module, request);
  auto functionOf = [](ModuleOp of) {
    return *of.getOps<func::FuncOp>().begin();
  };
  for (const auto &[phase, form] : forms) {
    if (!readsBack(phase, form))
      return;
    if (phase > Phase::Fused)
      continue;
    OwningOpRef<ModuleOp> read = parse(form);
    if (!agrees(phase, functionOf(*read), functionOf(*program)))
      return;
  }
}

void sextant::fuzz::checkStages(Outcome &outcome) {
  StageChecker(outcome).run();
}
