//===- Backend.cpp - From the vector form to objects ----------------------===//

#include "compiler/Pipeline/Backend.h"
#include "compiler/Pipeline/Pipeline.h"
#include "compiler/ToObject/LLVMModule.h"
#include "dialect/Attn/IR/Attn.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Threading.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace mlir;
using namespace sextant;

/// The functions of one target, or the tables, on their way to an object.
struct Backend::Share {
  /// Null for the tables.
  const Target *target = nullptr;
  int64_t size = 0;
  OwningOpRef<ModuleOp> functions;
  /// Its own, so that shares can run beside each other.
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> code;
  Bytes object;

  llvm::StringRef name() const { return target ? target->isa : "tables"; }
};

Backend::Backend(const CompileRequest &request,
                 llvm::ArrayRef<EntryDescription> entries, Location location)
    : request(request), entries(entries), location(location) {}
Backend::~Backend() = default;

static bool isFor(Operation &op, const Target &target) {
  auto isa = op.getAttrOfType<StringAttr>("attn.isa");
  return isa && isa.getValue() == target.isa;
}

/// Most shares of one target: code generation takes most of the time, and most
/// of that goes to one or two functions.
static constexpr int64_t kSharesOfTarget = 3;

namespace {
/// Functions that may not be parted, and how many ops they have.
struct Part {
  int64_t size = 0;
  SmallVector<Operation *> functions;
};
} // namespace

static int64_t sizeOf(Operation *function) {
  int64_t size = 0;
  function->walk([&](Operation *) { ++size; });
  return size;
}

/// The functions of `target` in their order, cut into at most kSharesOfTarget
/// parts of about the same size.
static SmallVector<Part> partsOf(ModuleOp module, const Target &target) {
  SmallVector<Part> functions;
  int64_t whole = 0;
  bool hasCalls = false;
  for (Operation &op : *module.getBody())
    if (isFor(op, target)) {
      functions.push_back({sizeOf(&op), {&op}});
      whole += functions.back().size;
      op.walk([&](CallOpInterface) { hasCalls = true; });
    }
  // Functions that call each other stay together.
  int64_t most = hasCalls ? 1 : kSharesOfTarget;
  SmallVector<Part> parts;
  for (const Part &function : functions) {
    bool ends =
        parts.empty() || (int64_t(parts.size()) < most &&
                          parts.back().size + function.size / 2 > whole / most);
    Part &part = ends ? parts.emplace_back() : parts.back();
    part.size += function.size;
    part.functions.append(function.functions);
  }
  return parts;
}

/// A module with the functions of `part`, taken out of `module`, and copies of
/// whatever belongs to no target: constants and declarations.
static OwningOpRef<ModuleOp> takeFunctions(ModuleOp module, const Part &part) {
  OwningOpRef<ModuleOp> taken = ModuleOp::create(module.getLoc());
  Block *into = taken->getBody();
  for (Operation &op : *module.getBody())
    if (!op.hasAttr("attn.isa") && !isa<attn::EntryOp>(op))
      into->push_back(op.clone());
  for (Operation *function : part.functions)
    function->moveBefore(into, into->end());
  return taken;
}

LogicalResult Backend::run(ModuleOp module, bool keeps) {
  keepsCode = keeps;
  MLIRContext *context = module->getContext();
  for (const Target &target : allTargets()) {
    for (const Part &part : partsOf(module, target)) {
      Share &share = shares.emplace_back();
      share.target = &target;
      share.size = part.size;
      share.functions = takeFunctions(module, part);
    }
  }
  shares.emplace_back();

  // Threads may not add dialects to a context.
  {
    PassManager manager(context, ModuleOp::getOperationName());
    buildFunctionsToLLVM(manager, request.targets);
    DialectRegistry registry;
    manager.getDependentDialects(registry);
    context->appendDialectRegistry(registry);
    for (llvm::StringRef name : registry.getDialectNames())
      context->getOrLoadDialect(name);
  }

  auto runOne = [&](Share &share) {
    TimingScope timing =
        request.timing ? request.timing->nest(share.name()) : TimingScope();
    return runShare(share, timing);
  };
  auto run = [&](Share *share) { return runOne(*share); };
  SmallVector<Share *> order;
  for (Share &share : shares)
    order.push_back(&share);
  // Threads take the largest first.
  if (!keepsCode)
    llvm::sort(order, [](const Share *a, const Share *b) {
      return std::pair(b->size, a->name()) < std::pair(a->size, b->name());
    });
  const bool done =
      keepsCode
          ? llvm::all_of(order, [&](Share *s) { return succeeded(run(s)); })
          : succeeded(failableParallelForEach(context, order, run));
  if (!done)
    return failure();
  for (Share &share : shares)
    made.push_back(std::move(share.object));
  return success();
}

LogicalResult Backend::runShare(Share &share, TimingScope &timing) {
  if (share.target) {
    TimingScope scope = timing.nest("to the LLVM dialect");
    PassManager manager(share.functions->getContext(),
                        ModuleOp::getOperationName());
    buildFunctionsToLLVM(manager, request.targets);
    // What was valid before stays so; LLVM IR is verified in the end.
    manager.enableVerifier(false);
    manager.enableTiming(scope);
    if (failed(manager.run(*share.functions)))
      return failure();
  }
  if (llvm::Error error = emit(share, timing)) {
    emitError(location, llvm::toString(std::move(error)));
    return failure();
  }
  return success();
}

llvm::Error Backend::emit(Share &share, TimingScope &timing) {
  llvm::LLVMContext &context = keepsCode ? common : share.context;
  llvm::Expected<std::unique_ptr<llvm::TargetMachine>> machine =
      createTargetMachine(target());
  if (!machine)
    return machine.takeError();
  {
    TimingScope scope = timing.nest("to LLVM IR");
    auto code = share.target ? translateToLLVM(*share.functions, entries,
                                               *share.target, context)
                             : makeTables(entries, context);
    if (!code)
      return code.takeError();
    share.code = std::move(*code);
    share.code->setDataLayout((*machine)->createDataLayout());
    share.code->setTargetTriple((*machine)->getTargetTriple());
    share.functions = nullptr;
  }
  if (share.target) {
    TimingScope scope = timing.nest("LLVM optimisation");
    if (llvm::Error error = optimizeModule(*share.code, **machine))
      return error;
  }
  if (request.to <= Phase::Asm)
    return llvm::Error::success();
  TimingScope scope = timing.nest("code generation");
  // Code generation rewrites the IR it is given.
  std::unique_ptr<llvm::Module> kept =
      keepsCode ? llvm::CloneModule(*share.code) : nullptr;
  llvm::Expected<Bytes> object = emitObject(*share.code, **machine);
  if (!object)
    return object.takeError();
  share.object = std::move(*object);
  share.code = std::move(kept);
  return llvm::Error::success();
}

const Target &Backend::target() const {
  for (const EntryDescription &entry : entries)
    for (const VariantDescription &variant : entry.variants)
      return *variant.target;
  return hostTarget();
}

llvm::Expected<std::unique_ptr<llvm::Module>> Backend::code() {
  auto whole = std::make_unique<llvm::Module>("sextant", common);
  for (Share &share : shares)
    if (llvm::Linker::linkModules(*whole, std::move(share.code)))
      return llvm::createStringError("the LLVM IR of two targets is at odds");
  return whole;
}
